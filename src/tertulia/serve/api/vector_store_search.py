"""POST /v1/vector_stores/{id}/search: passages that answer a question, and where they stand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from tertulia.serve.api.errors import ApiError, unsupported
from tertulia.serve.api.json_route import JsonRoute
from tertulia.serve.api.links import document_link
from tertulia.serve.api.services import Asking, Served, Services
from tertulia.serve.api.store_file_routes import TextContent
from tertulia.serve.api.vector_store_files import Attributes, public_id
from tertulia.serve.api.vector_stores import find_store
from tertulia.serve.database.records import Hit, Reader

router = APIRouter(tags=["vector stores"], route_class=JsonRoute)

Question = Annotated[str, Field(min_length=1, max_length=8192)]


class Ranking(BaseModel):
    """How results are ranked: always by words, vectors and a reranker together."""

    model_config = ConfigDict(strict=True, extra="ignore")
    ranker: Literal["auto", "default-2024-11-15"] | None = None
    score_threshold: float | None = Field(None, ge=0, le=1, allow_inf_nan=False)


class SearchRequest(BaseModel):
    """A question."""

    model_config = ConfigDict(strict=True, extra="ignore")
    query: Question | Annotated[list[Question], Field(min_length=1, max_length=1)]
    max_num_results: int = Field(10, ge=1, le=50)
    filters: dict[str, Any] | None = None
    ranking_options: Ranking | None = None
    rewrite_query: bool | None = None


class Place(TypedDict):
    """What tertulia adds: where the passage stands; characters of the document's text."""

    document: str
    title: str
    headings: list[str]
    language: str | None
    page: int | None
    start: int
    end: int
    url: str


class SearchResult(TypedDict):
    """A passage."""

    file_id: str
    filename: str
    score: float
    attributes: Attributes
    content: list[TextContent]
    tertulia: Place


class SearchResults(TypedDict):
    """Passages, the best first."""

    object: Literal["vector_store.search_results.page"]
    search_query: list[str]
    data: list[SearchResult]
    has_more: bool
    next_page: None


@router.post("/v1/vector_stores/{store_id}/search", operation_id="searchVectorStore")
def search_vector_store(
    store_id: str, asked: SearchRequest, services: Served, reader: Asking
) -> SearchResults:
    """Finds passages by words and by meaning, also across languages."""
    if asked.filters:
        raise unsupported("filters", "make a store for what is searched on its own")
    if asked.rewrite_query:
        raise unsupported("rewrite_query", "the question is searched as it stands")
    if services.search is None:
        raise ApiError(404, "This server has no search", code="no_search")
    find_store(services, store_id, reader)
    question = asked.query if isinstance(asked.query, str) else asked.query[0]
    least = (asked.ranking_options and asked.ranking_options.score_threshold) or 0.0
    limit = min(asked.max_num_results, services.limits.results)
    hits = services.search(question, [store_id], reader, limit=limit)
    found = (_result(services, hit, reader) for hit in hits if hit.score >= least)
    return {
        "object": "vector_store.search_results.page",
        "search_query": [question],
        "data": [result for result in found if result is not None],
        "has_more": False,
        "next_page": None,
    }


def _result(services: Services, hit: Hit, reader: Reader) -> SearchResult | None:
    """The passage; None where its document was deleted since it was found."""
    document = services.database.document(hit.document, reader)
    if document is None:
        return None
    chunk = hit.chunk
    return {
        "file_id": public_id(document),
        "filename": hit.document_name,
        "score": hit.score,
        "attributes": document.attributes,
        "content": [{"type": "text", "text": chunk.text}],
        "tertulia": {
            "document": hit.document,
            "title": hit.title,
            "headings": list(chunk.headings),
            "language": chunk.language,
            "page": chunk.page,
            "start": chunk.start,
            "end": chunk.end,
            "url": document_link(hit.document, chunk.start, chunk.end),
        },
    }
