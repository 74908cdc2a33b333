"""Readers: files of a source in, frames of documents out; one file per format.

files         which files a source has, and how they are shared out among workers
reading       frames of one source, file by file; what is broken is told and costs itself
broken        what is told of a file or record that gave no document
record        a document as a format gives it
finishing     identity, split and declared values: what the row says wins
"""

from __future__ import annotations

from tertulia.corpus.readers.broken import Broken
from tertulia.corpus.readers.files import plan_shards, source_files
from tertulia.corpus.readers.json_lines import json_rows
from tertulia.corpus.readers.reading import read_files, read_source

__all__ = [
    "Broken",
    "json_rows",
    "plan_shards",
    "read_files",
    "read_source",
    "source_files",
]
