"""The description for machines: Croissant 1.0, a JSON-LD vocabulary for data sets.

Without dates, since the same recipe is to give the same bytes at any time.
"""

from __future__ import annotations

from typing import Any

from tertulia.corpus.card.facts import CorpusFacts, PayloadPart
from tertulia.corpus.document import COLUMNS

_NAMES = ("citeAs", "column", "data", "dataType", "equivalentProperty", "examples", "extract",
          "field", "fileProperty", "fileObject", "fileSet", "format", "includes", "isLiveDataset",
          "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
          "repeated", "replace", "samplingRate", "separator", "source", "subField",
          "transform")  # fmt: skip
_MEANINGS = {
    "id": "Identity, stable under cleaning",
    "revision": "SHA-256 of the text",
    "parent": "Identity of the document that this is a segment of",
    "text": "The text",
    "language": "BCP 47 tag",
    "source": "Name of the source",
    "licence": "SPDX expression",
    "url": "Where the source found it",
    "date": "As the source states it",
}


def croissant(facts: CorpusFacts) -> dict[str, Any]:
    """The content of `croissant.json`, in English; paths are relative to the corpus."""
    languages = list(dict.fromkeys(part.language for part in facts.parts))
    licences = sorted({part.licence for part in facts.parts})
    return {
        "@context": _context(),
        "@type": "sc:Dataset",
        "name": facts.name,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "description": f"A corpus to train and measure language models with: {facts.name}. "
        "DATASHEET.md says how it was made.",
        "license": [_licence(name) for name in licences],
        "citeAs": f"{facts.name}, a corpus built with tertulia; SHA-256 of its files in "
        "croissant.json. Its sources and their licences are in DATASHEET.md.",
        "inLanguage": languages,
        "isLiveDataset": False,
        "distribution": [_file_object(file) for file in facts.files],
        "recordSet": [_record_set(file) for file in facts.files],
    }


def _context() -> dict[str, Any]:
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        **{name: f"cr:{name}" for name in _NAMES},
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
    }


def _licence(expression: str) -> str:
    """An address where SPDX has one: of a single licence on its list."""
    single = " " not in expression and not expression.startswith("LicenseRef-")
    return f"https://spdx.org/licenses/{expression}.html" if single else expression


def _file_object(file: PayloadPart) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": file.sha256,
    }


def _record_set(file: PayloadPart) -> dict[str, Any]:
    name = f"{file.split}-{file.language}"
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"{file.documents} documents in {file.language}, part {file.split}",
        "key": {"@id": f"{name}/id"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{column}",
                "name": f"{name}/{column}",
                "description": _MEANINGS[column],
                "dataType": "sc:Text",
                "source": {"fileObject": {"@id": file.path}, "extract": {"column": column}},
            }
            for column in COLUMNS
        ],
    }
