"""Bodies as JSON, read strictly: no NaN, no half characters, no bottomless nesting."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

from tertulia.serve.api.errors import ApiError


class JsonRequest(Request):
    """A request whose JSON can be stored, counted with and sent on as it is."""

    async def json(self) -> Any:
        """The body; raises ApiError 400 where Python's reader would be more generous."""
        if not hasattr(self, "_json"):
            try:
                self._json = from_json(await self.body(), allow_inf_nan=False)
            except ValueError as error:
                raise ApiError(400, "The body is not JSON", code="invalid_json") from error
        return self._json


class JsonRoute(APIRoute):
    """A route that reads its body so."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As FastAPI asks for it."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(JsonRequest(request.scope, request.receive))

        return handle_strictly
