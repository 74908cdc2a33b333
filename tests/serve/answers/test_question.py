"""Which question is answered, and in which language."""

from __future__ import annotations

import pytest

from tertulia.inference.text_engine import Message
from tertulia.messages import reading
from tertulia.serve.answers.question import asked_question
from tertulia.serve.answers.question_kinds import asked_kinds


def _asked(*turns: str) -> tuple[str, str | None]:
    found = asked_question([Message(role="user", content=turn) for turn in turns])
    return found.text, found.language


def test_a_whole_question_stands_for_itself() -> None:
    second = "¿Cuánto cuesta renovar el carné de la biblioteca municipal?"
    assert _asked("¿A qué hora cierra?", second) == (second, "es")


@pytest.mark.parametrize("short", ["¿Y los domingos?", "I els diumenges?", "eta igandeetan?"])
def test_a_short_one_takes_the_one_before_along(short: str) -> None:
    first = "¿A qué hora abre la biblioteca municipal los sábados?"
    assert _asked(first, short)[0] == f"{first}\n{short}"


def test_what_tells_no_language_is_in_that_of_the_conversation_or_of_the_reader() -> None:
    assert _asked("Zer ordutan irekitzen da udal liburutegia larunbatetan?", "ISBN?")[1] == "eu"
    with reading("ca@valencia"):
        assert _asked("ISBN")[1] == "ca-valencia"


def test_valencian_is_told_by_its_words() -> None:
    assert _asked("Quants llibres puc traure hui d'este servici?")[1] == "ca-valencia"
    assert _asked("Quants llibres puc treure avui d'aquest servei?")[1] == "ca"


def test_other_roles_ask_nothing() -> None:
    assert asked_question([Message(role="document", content="¿Cuánto cuesta?")]).text == ""


@pytest.mark.parametrize(
    ("question", "language", "kind"),
    [
        ("¿Cuántos libros puedo sacar?", "es", "number"),
        ("Fins quan puc demanar la beca?", "ca", "time"),
        ("Quin decret va aprovar el pla?", "ca-valencia", "name"),
        ("Nola berritzen da txartela?", "eu", "means"),
        ("Por que se pecha a sala?", "gl", "reason"),
        ("How long may I keep a book?", "en", "time"),
    ],
)
def test_what_is_asked_for_is_told_by_its_words(question: str, language: str, kind: str) -> None:
    assert asked_kinds(question, language).kinds == {kind}


def test_a_question_without_such_words_asks_for_no_kind() -> None:
    assert asked_kinds("¿Puedo renovar el carné?", "es").kinds == frozenset()
