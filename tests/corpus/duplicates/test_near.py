"""Near-duplicates: dropped for a kept document that is really that similar, however work is cut."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.corpus.duplicates import near as near_module
from tertulia.corpus.duplicates.buckets import NO_RANK
from tertulia.corpus.duplicates.budget import Budget
from tertulia.corpus.duplicates.near import NearDuplicates, near_duplicates
from tertulia.corpus.duplicates.signatures import signature_file, write_signatures
from tertulia.errors import DataError
from tertulia.recipe.duplicates_spec import DuplicatesSpec
from tests.corpus.duplicates.plainly import greedily_dropped, similarity

_SPEC = DuplicatesSpec(shingle_words=3)


def _texts(seed: int, originals: int, copies: int) -> list[str]:
    """Texts of 40 to 120 words and copies with up to 4 words changed, in chance order."""
    lots = random.Random(seed)
    texts = []
    for _ in range(originals):
        words = [f"mot{lots.randrange(3000)}" for _ in range(lots.randrange(40, 120))]
        for _ in range(copies):
            copy = list(words)
            for _ in range(lots.randrange(5)):
                copy[lots.randrange(len(copy))] = f"canvi{lots.randrange(3000)}"
            texts.append(" ".join(copy))
    lots.shuffle(texts)
    return texts


def _search(
    texts: Sequence[str],
    ranks: Sequence[int],
    *,
    cuts: Sequence[int] = (),
    ranges: int = 1,
    batch: int = 1 << 20,
) -> NearDuplicates:
    with TemporaryDirectory() as name:
        folder = Path(name)
        edges = [0, *cuts, len(texts)]
        for part, (start, end) in enumerate(pairwise(edges)):
            column = pl.Series(texts[start:end], dtype=pl.String)
            write_signatures(column, _SPEC, folder, part)
        budget = Budget(memory_bytes=0, disk_bytes=0, ranges=ranges, batch_shingles=batch)
        order = np.array(ranks, dtype=np.uint32)
        found = near_duplicates(folder, len(edges) - 1, order, _SPEC, budget, folder / "scratch")
        assert not (folder / "scratch").exists()
        return found


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.data())
def test_whatever_the_parts_ranges_and_batches_the_result_is_the_same(
    seed: int, copies: int, data: st.DataObject
) -> None:
    texts = _texts(seed, 8, copies)
    ranks = data.draw(st.permutations(range(len(texts))))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(texts)), max_size=4)))
    one = _search(texts, ranks)
    other = _search(
        texts,
        ranks,
        cuts=cuts,
        ranges=data.draw(st.integers(1, 5)),
        batch=data.draw(st.integers(1, 500)),
    )
    assert one.clusters.equals(other.clusters)
    assert one == one.__class__(**{**vars(other), "clusters": one.clusters})


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_every_dropped_document_is_similar_enough_to_its_kept_one(
    seed: int, data: st.DataObject
) -> None:
    texts = _texts(seed, 6, 8)
    ranks = data.draw(st.permutations(range(len(texts))))
    clusters = _search(texts, ranks).clusters
    dropped = set(clusters["document"])
    assert clusters["document"].is_sorted()
    assert clusters["document"].is_unique().all()
    for document, kept, found in clusters.iter_rows():
        assert kept not in dropped
        assert ranks[kept] < ranks[document]
        exact = similarity(texts[document], texts[kept], 3)
        assert exact >= 0.8
        assert found == pytest.approx(exact, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_it_drops_what_comparing_all_with_all_drops(seed: int) -> None:
    texts = _texts(seed, 10, 6)
    ranks = list(range(len(texts)))
    expected = greedily_dropped(texts, ranks, 3, 0.8)
    found = set(_search(texts, ranks).clusters["document"])
    # Each pair at the threshold is missed with a chance below 0.03, the more similar hardly ever.
    assert len(expected ^ found) <= 2


def test_the_ends_of_a_chain_are_not_dropped_for_each_other() -> None:
    words = [f"mot{n}" for n in range(100)]
    chain = [" ".join([*words[at:], *(f"nou{n}" for n in range(at))]) for at in (0, 8, 16)]
    assert similarity(chain[0], chain[1], 3) >= 0.8 > similarity(chain[0], chain[2], 3)
    in_order = _search(chain, [0, 1, 2]).clusters
    assert in_order.select("document", "kept").rows() == [(1, 0)]
    from_the_middle = _search(chain, [1, 0, 2]).clusters
    assert from_the_middle.select("document", "kept").rows() == [(0, 1), (2, 1)]


def test_planted_copies_are_found_across_parts() -> None:
    texts = [*_texts(1, 40, 1), *_texts(2, 40, 1)]
    planted = [f"{text} i un afegit" for text in texts[:10]]
    clusters = _search([*texts, *planted], range(90), cuts=[30, 80]).clusters
    assert clusters.select("document", "kept").rows() == [(80 + n, n) for n in range(10)]


def test_documents_dropped_already_take_no_part() -> None:
    text = _texts(3, 1, 1)[0]
    assert len(_search([text, text, text], [NO_RANK, 1, 0]).clusters) == 1
    assert len(_search([text, text], [NO_RANK, 0]).clusters) == 0


def test_texts_without_words_are_never_near_duplicates() -> None:
    assert len(_search(["...", "—", "", "hola", "¡Hola!"], range(5)).clusters) == 1


def test_an_empty_corpus_has_none() -> None:
    assert len(_search([], []).clusters) == 0


def test_what_the_rounds_did_not_settle_stays_and_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(near_module, "MOST_ROUNDS", 1)
    words = [f"mot{n}" for n in range(100)]
    chain = [" ".join([*words[at:], *(f"nou{n}" for n in range(at))]) for at in range(0, 48, 6)]
    found = _search(chain, range(len(chain)))
    assert found.unsettled > 0
    assert found.rounds == 1


def test_a_shortened_file_is_noticed(tmp_path: Path) -> None:
    write_signatures(pl.Series(["un dos tres quatre"] * 2), _SPEC, tmp_path, 0)
    path = signature_file(tmp_path, 0, "shingles")
    path.write_bytes(path.read_bytes()[:-4])
    budget = Budget(memory_bytes=0, disk_bytes=0, ranges=1, batch_shingles=100)
    ranks = np.arange(2, dtype=np.uint32)
    with pytest.raises(DataError) as caught:
        near_duplicates(tmp_path, 1, ranks, _SPEC, budget, tmp_path / "scratch")
    assert caught.value.code == "corpus.truncated"
