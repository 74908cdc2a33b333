"""What a model writes becomes statements with numbers, however it is cut into pieces."""

from __future__ import annotations

import pytest

from tertulia.serve.answers.statements import Statement, StatementReader

WRITTEN = "Cierra a las 18 horas [1]. Abre el art. 5 a las 9.30 h. [2][3]\n- Es gratis [1, 2]\nFin"
STATEMENTS = [
    Statement("Cierra a las 18 horas.", (1,)),
    Statement("Abre el art. 5 a las 9.30 h.", (2, 3)),
    Statement("Es gratis", (1, 2), begins_line=True),
    Statement("Fin", (), begins_line=True),
]


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_the_pieces_do_not_matter(size: int) -> None:
    reader, found = StatementReader(), []
    for at in range(0, len(WRITTEN), size):
        found += reader.read(WRITTEN[at : at + size])
    assert found + reader.finish() == STATEMENTS


def test_a_statement_is_given_as_soon_as_the_next_begins() -> None:
    reader = StatementReader()
    assert reader.read("Cierra a las 18 horas [1].") == []
    assert reader.read(" A") == [STATEMENTS[0]]


def test_marks_after_the_full_stop_belong_to_what_stands_before() -> None:
    reader = StatementReader()
    assert reader.read("Es gratis. [2] Y abre") == [Statement("Es gratis.", (2,))]


def test_text_without_end_is_not_waited_for() -> None:
    reader = StatementReader()
    [statement] = reader.read("a " * 1000)
    assert len(statement.text) <= 1500


def test_nothing_is_nothing() -> None:
    assert StatementReader().read(" \n \n") == []
    assert StatementReader().finish() == []
