"""What every test shares: no network, English messages, and a GPU only where there is one."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest

from tests import no_sockets


def pytest_configure() -> None:
    no_sockets.block()
    # A shared machine stops for longer than any deadline.
    hypothesis.settings.register_profile("shared", deadline=None)
    hypothesis.settings.load_profile("shared")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips tests that need a CUDA device where there is none, and says so."""
    wanting = [item for item in items if item.get_closest_marker("gpu")]
    if not wanting:
        return
    import torch

    if not torch.cuda.is_available():
        for item in wanting:
            item.add_marker(pytest.mark.skip(reason="this machine has no CUDA device"))


@pytest.fixture(autouse=True)
def _only_marked_tests_reach_loopback(request: pytest.FixtureRequest) -> Iterator[None]:
    no_sockets.allow_loopback(request.node.get_closest_marker("loopback") is not None)
    yield
    no_sockets.allow_loopback(False)


@pytest.fixture(autouse=True)
def _messages_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERTULIA_LANG", "en")
