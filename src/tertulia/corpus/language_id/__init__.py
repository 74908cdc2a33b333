"""Which language a text is in: a small linear model of words, made for the five and neighbours."""

from __future__ import annotations

from tertulia.corpus.language_id.documents import IdentifiedDocuments, identify_documents
from tertulia.corpus.language_id.identify import Identified, identify
from tertulia.corpus.language_id.segments import Segment, segments
from tertulia.corpus.language_id.step import language_id_step, segment_step

__all__ = [
    "Identified",
    "IdentifiedDocuments",
    "Segment",
    "identify",
    "identify_documents",
    "language_id_step",
    "segment_step",
    "segments",
]
