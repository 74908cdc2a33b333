"""Which tokens may follow under a JSON Schema, and which schemas are refused."""

from __future__ import annotations

import json
import random
import sys

import numpy as np
import pytest

from tertulia.errors import MissingExtraError, ModelError
from tertulia.inference.json_constraint import JsonConstraints, check_schema
from tertulia.tokenizer.tokenizer import Tokenizer
from tests.release.tiny_model import build_tokenizer

SCHEMAS = (
    '{"type": "boolean"}',
    '{"enum": ["ñandú", "l·l", 3]}',
    '{"type": "string", "maxLength": 6}',
    '{"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 9}, "maxItems": 3}',
    """{"type": "object", "required": ["a"], "additionalProperties": false,
        "properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "null"}}}""",
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return build_tokenizer()


@pytest.fixture(scope="module")
def constraints(tokenizer: Tokenizer) -> JsonConstraints:
    return JsonConstraints(tokenizer, tokenizer.vocabulary + 7)


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("seed", range(5))
def test_any_walk_through_allowed_tokens_obeys(
    constraints: JsonConstraints, tokenizer: Tokenizer, schema: str, seed: int
) -> None:
    """Rows of the embedding beyond the tokenizer's ids never come."""
    chance, ids = random.Random(seed), list[int]()
    constraint = constraints.begin(schema)
    while not constraint.finished:
        allowed = np.flatnonzero(~constraint.forbidden()).tolist()
        assert all(token < tokenizer.vocabulary for token in allowed)
        token = chance.choice(allowed)
        constraint.accept(token)
        if token in tokenizer.special.stops:
            break
        ids.append(token)
    value = json.loads(tokenizer.decode(ids))
    kind = json.loads(schema).get("type")
    kinds = {"boolean": bool, "string": str, "array": list, "object": dict, None: (str, int)}
    assert isinstance(value, kinds[kind])


def test_no_reserved_token_is_allowed_within_a_string(
    constraints: JsonConstraints, tokenizer: Tokenizer
) -> None:
    constraint = constraints.begin('{"type": "string"}')
    constraint.accept(tokenizer.encode('"')[0])
    allowed = np.flatnonzero(~constraint.forbidden())
    assert len(allowed) > 100
    assert allowed.min() >= 64


def test_a_token_that_is_not_allowed_is_an_error(
    constraints: JsonConstraints, tokenizer: Tokenizer
) -> None:
    constraint = constraints.begin('{"type": "boolean"}')
    with pytest.raises(ModelError) as caught:
        constraint.accept(tokenizer.encode("x")[0])
    assert caught.value.code == "inference.setting"


@pytest.mark.parametrize(
    "schema",
    ["", "[]", '"text"', '{"type": "nonsense"}', '{"$ref": "http://127.0.0.1/x"}', '{"type": '],
)
def test_what_is_no_schema_is_refused(schema: str) -> None:
    """References lead nowhere out of the schema: nothing is fetched."""
    with pytest.raises(ModelError) as caught:
        check_schema(schema)
    assert caught.value.code == "inference.setting"


def test_any_json_is_a_schema_too() -> None:
    check_schema("{}")


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llguidance", None)
    with pytest.raises(MissingExtraError) as caught:
        check_schema("{}")
    assert "tertulia[serve]" in str(caught.value)
