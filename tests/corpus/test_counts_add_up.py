"""Whatever comes in goes out or is dropped for a reason, by number and by name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tertulia.corpus.artifact import document_files
from tertulia.recipe.duplicates_spec import DuplicatesSpec
from tertulia.recipe.policy_spec import PolicySpec
from tertulia.recipe.quality_spec import QualitySpec
from tertulia.recipe.sources import ResolvedSource
from tertulia.store.draft import Draft

_SENTENCES = {
    "gl": "O concello aprobou onte o novo regulamento das bibliotecas da vila e dos seus barrios.",
    "es": "El ayuntamiento aprobó ayer el nuevo reglamento de las bibliotecas de la villa.",
}
_TEXTS = st.one_of(
    st.sampled_from(["", " ", "a", "Ã©Ã± Ã­Â¿ roto", "menú | inicio | contacto\n" * 30]),
    st.builds(
        lambda language, times, end: " ".join([_SENTENCES[language]] * times) + end,
        st.sampled_from(sorted(_SENTENCES)),
        st.integers(1, 6),
        st.sampled_from(["", " Fin.", " DNI 12345678Z.", " Outra cousa máis."]),
    ),
)
_GOOD = [
    {
        "id": f"good-{number}",
        "text": text,
        "language": "gl",
        "licence": "CC0-1.0",
        "split": "train",
    }
    for number, text in enumerate(
        (
            "A avoa contaba que no inverno, cando o río medraba, a xente do barrio xuntábase na "
            "casa máis alta e que alí pasaban a noite falando do que faría cada un ao escampar.",
            "Non sei se chegarei a tempo para a xuntanza de mañá, pero xa lle dixen ao Xurxo que "
            "me garde un sitio preto da porta e que non comece sen min, que despois non entendo.",
        )
    )
]
"""So that a corpus is seldom empty."""
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(0, 12).map(str),
            "text": _TEXTS,
            "language": st.sampled_from(["gl", "es", "es-AR", "en", "und"]),
            "licence": st.sampled_from(["CC0-1.0", "CC-BY-4.0", "unknown", "all rights reserved"]),
            "split": st.sampled_from(["train", "train", "held_out", "unseen"]),
        }
    ),
    min_size=1,
    max_size=25,
)


@pytest.mark.parametrize("lines", [None, 2])
@given(rows=_ROWS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_document_is_kept_or_dropped_once(
    rows: list[dict[str, Any]],
    lines: int | None,
    source: Callable[..., ResolvedSource],
    build: Callable[..., Draft],
) -> None:
    rows = rows + _GOOD
    draft = build(
        source(rows),
        languages=("gl",),
        quality=QualitySpec(),
        policy=PolicySpec(licences=("CC0-1.0", "CC-BY-*")),
        duplicates=DuplicatesSpec(near=0.8, lines=lines),
    )
    ledger = json.loads((draft.path / "ledger.json").read_text("utf-8"))
    _check_funnel(ledger, rows)
    _check_names(draft.path, ledger, rows)


def _check_funnel(ledger: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Each step gets what the one before let through, and loses what it counted."""
    drops = Counter[str]()
    for drop in ledger["drops"]:
        drops[drop["step"]] += drop["documents"]
    arriving = len(rows)
    for step in ledger["funnel"]:
        assert step["documents_in"] == arriving
        arriving = step["documents_out"]
        assert step["documents_in"] - arriving == drops[step["step"]]


def _check_names(corpus: Path, ledger: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    dropped = pq.read_table(corpus / "dropped.parquet").to_pylist()
    assert len(dropped) == sum(drop["documents"] for drop in ledger["drops"])
    assert all(row["reason"] for row in dropped)
    kept = [
        name
        for split in ("train", "held_out", "unseen")
        for path in document_files(corpus, split).values()
        for name in pq.read_table(path)["id"].to_pylist()
    ]
    assert len(kept) == len(set(kept)) == ledger["funnel"][-1]["documents_out"]
    assert len(kept) + len(dropped) == len(rows)
    assert {row["kept_by"] for row in dropped} - {None} <= set(kept)
