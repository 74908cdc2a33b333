"""What a conversation asks, and in which language it is to be answered."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.inference.text_engine import Message
from tertulia.languages import recipe_base
from tertulia.messages import language as reader_language
from tertulia.serve.database.records import Hit
from tertulia.serve.retrieval.analysis import analyse
from tertulia.serve.retrieval.candidates import Question
from tertulia.serve.retrieval.folding import words
from tertulia.serve.retrieval.search import question_language

_ELLIPTICAL = 2
"""A question of so few content words, or one that begins with an `and`, needs the one before."""
_AND = frozenset("y e i eta and or pero però baina but pois entonces llavors orduan then".split())
_VALENCIAN, _UNTOLD = 0.5, 0.3
"""From which probability on Catalan is Valencian, and from which it may be either. Of the dev
questions 21 % of the Valencian and 2 % of the Catalan ones reach the first."""
_LONGEST = 4_000
"""Characters of a turn that are read."""


def asked_question(messages: Sequence[Message]) -> Question:
    """The last turn of the user, with the one before it where it does not stand for itself.

    Its text is empty where the user said nothing. The language is told by the last turn, else by
    all of the user's, else it is the reader's.
    """
    turns = [one.content.strip()[:_LONGEST] for one in messages if one.role == "user"]
    turns = [turn for turn in turns if turn]
    if not turns:
        return Question(text="", language=answer_language(None))
    last = turns[-1]
    language = _told(last) or _told("\n".join(turns)) or answer_language(None)
    if len(turns) > 1 and _elliptical(last, language):
        return Question(text=f"{turns[-2]}\n{last}", language=language)
    return Question(text=last, language=language)


def answer_language(question: str | None) -> str:
    """The BCP-47 tag in which a question of that language is answered."""
    base = recipe_base(question)
    if base is not None:
        return base
    return "ca-valencia" if reader_language() == "ca@valencia" else reader_language()


def variety_answered(question: Question, hits: Sequence[Hit]) -> str:
    """The language to answer in: Valencian for a question in Catalan that does not tell which of
    the two, where most of what was found is Valencian."""
    language = answer_language(question.language)
    if language != "ca" or not hits:
        return language
    valencian = [recipe_base(hit.chunk.language) == "ca-valencia" for hit in hits]
    if 2 * sum(valencian) > len(hits) and _valencian(question.text) >= _UNTOLD:
        return "ca-valencia"
    return language


def catalogue_language(tag: str) -> str:
    """The gettext name of an answer's language."""
    return "ca@valencia" if tag == "ca-valencia" else tag


def _told(text: str) -> str | None:
    language = recipe_base(question_language(text))
    if language != "ca":
        return language
    likely = _valencian(text)
    preferred = answer_language(None) == "ca-valencia" and likely >= _UNTOLD
    return "ca-valencia" if preferred or likely >= _VALENCIAN else "ca"


def _valencian(text: str) -> float:
    from tertulia.corpus.language_id.variety import valencian_probability

    return float(valencian_probability([text])[0])


def _elliptical(text: str, language: str) -> bool:
    plain = words(text) or [""]
    begins = text.split(maxsplit=1)[0].strip("¿¡,.").lower()
    return begins in _AND or plain[0] in _AND or len(analyse(text, language)) <= _ELLIPTICAL
