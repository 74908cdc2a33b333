"""Answers that obey a JSON Schema: before each token, those that could not follow are ruled out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tertulia.errors import MissingExtraError, ModelError

if TYPE_CHECKING:
    from tertulia.tokenizer.tokenizer import Tokenizer

# A model that is unsure could write blanks until its last token.
_COMPACT = {"whitespace_flexible": False}


def check_schema(schema: str) -> None:
    """Raises ModelError `inference.setting` for what is no schema or asks for what is not known.

    Raises MissingExtraError `inference.missing-extra` without the package llguidance.
    """
    _grammar(schema)


class JsonConstraints:
    """Made once for a tokenizer; `begin` for each answer."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: int) -> None:
        """`vocabulary` is the number of the model's logits."""
        self._tokenizer = _package().LLTokenizer(
            tokenizer.backend.to_str(),
            n_vocab=vocabulary,
            eos_token=list(tokenizer.special.stops),
        )

    def begin(self, schema: str) -> JsonConstraint:
        """The constraint of a new answer; raises as `check_schema`."""
        return JsonConstraint(_package().LLMatcher(self._tokenizer, _grammar(schema), log_level=0))


class JsonConstraint:
    """What may come next in one answer."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def forbidden(self) -> NDArray[np.bool_]:
        """Of each id, whether it must not come next; raises ModelError where nothing may."""
        bias = np.frombuffer(self._matcher.compute_logit_bias(), dtype=np.uint8)
        self._check()
        forbidden: NDArray[np.bool_] = bias == 0
        return forbidden

    def accept(self, token: int) -> None:
        """Goes on after the token that was chosen."""
        self._matcher.consume_token(token)
        self._check()

    @property
    def finished(self) -> bool:
        """Whether nothing can follow any more."""
        return bool(self._matcher.is_stopped())

    def _check(self) -> None:
        if self._matcher.is_error():
            raise _refused(self._matcher.get_error())


def _grammar(schema: str) -> str:
    matcher = _package().LLMatcher
    try:
        grammar = str(matcher.grammar_from_json_schema(schema, overrides=_COMPACT))
    except ValueError as error:
        raise _refused(str(error)) from error
    if problem := matcher.validate_grammar(grammar):
        raise _refused(problem)
    return grammar


def _refused(why: str) -> ModelError:
    lines = [line.strip() for line in why.splitlines() if line.strip()]
    return ModelError(
        "inference.setting",
        f"the JSON Schema cannot be obeyed: {lines[-1] if lines else 'it is empty'}",
        remedy="See which keywords llguidance knows; references lead within the schema only",
    )


def _package() -> Any:
    try:
        return import_module("llguidance")
    except ImportError as error:
        raise MissingExtraError(
            "inference.missing-extra",
            "answers are held to a JSON Schema with the package llguidance, which is not installed",
            remedy="Install it with `pip install 'tertulia[serve]'`",
        ) from error
