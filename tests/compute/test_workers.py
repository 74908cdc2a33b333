"""Tasks run where the profile says; what is missing there is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tertulia.compute.machine import Machine
from tertulia.compute.workers import run_tasks
from tertulia.corpus.shard import annotate_shard
from tertulia.errors import MissingExtraError


def test_without_tasks_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    dask = Machine(name="dask", workers=2, executor="dask")
    assert list(run_tasks(annotate_shard, [], dask, file_bytes=10**9)) == []


def test_dask_that_is_not_installed_is_an_extra_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    dask = Machine(name="dask", workers=2, executor="dask")
    with pytest.raises(MissingExtraError) as caught:
        list(run_tasks(annotate_shard, [{"folder": str(tmp_path)}], dask, file_bytes=1))
    assert caught.value.code == "compute.no-dask"
    assert "tertulia[cluster]" in str(caught.value.remedy)
