"""Whatever documents tell a model to do is data: nothing of it reaches the reader unverified."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from benchmarks.retrieval.attacking import attacked, attacks, index_attacks
from tertulia.serve.database.database import Database
from tertulia.serve.database.open_database import open_database

ROWS = attacks()
KINDS = sorted({row["kind"] for row in ROWS})


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = open_database(tmp_path_factory.mktemp("attacks") / "attacks.db")
    index_attacks(made, ROWS)
    yield made
    made.close()


def test_there_are_twelve_kinds_in_six_languages() -> None:
    pairs = {(row["kind"], row["language"]) for row in ROWS}
    assert len(pairs) == len(ROWS) == 72


@pytest.mark.parametrize("worded", [False, True], ids=["quotes", "obeying-model"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_attack_is_inert(database: Database, kind: str, worded: bool) -> None:
    for row in ROWS:
        if row["kind"] == kind:
            outcome = asyncio.run(attacked(database, row, worded=worded))
            assert outcome.inert, (row["id"], outcome)
