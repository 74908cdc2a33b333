"""A worker runs what its own installation registers under a name, and nothing else."""

from __future__ import annotations

import json

import pytest

from tertulia.compute.task import order_for, perform, task
from tertulia.corpus.shard import annotate_shard
from tertulia.errors import TertuliaError


def test_a_registered_function_has_a_name_and_a_version() -> None:
    assert order_for(annotate_shard) == ("tertulia.corpus.shard:annotate_shard", 1)


@pytest.mark.parametrize(
    "name",
    [
        "os:system",  # Not of this project.
        "tertulia.corpus.shard:shard_argument",  # Not registered.
        "tertulia.corpus.no_such:thing",
        "tertulia.corpus.shard:missing",
        "tertulia.corpus.shard",
    ],
)
def test_what_is_not_registered_is_refused(name: str) -> None:
    with pytest.raises(TertuliaError) as caught:
        perform(name, 1, "{}")
    assert caught.value.code == "compute.no-task"


def test_another_version_is_refused() -> None:
    name, version = order_for(annotate_shard)
    with pytest.raises(TertuliaError) as caught:
        perform(name, version + 1, json.dumps({}))
    assert "version 2" in str(caught.value)


def test_a_function_without_a_version_is_no_task() -> None:
    with pytest.raises(AssertionError):
        order_for(lambda argument: argument)
    assert order_for(task(3)(test_another_version_is_refused))[1] == 3  # type: ignore[arg-type]
