"""An artifact is there whole or not at all, and what is there is checked before use."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tertulia.errors import StoreError
from tertulia.store.attempts import Attempt
from tertulia.store.draft import Draft
from tertulia.store.find import latest_artifacts, newest_run
from tertulia.store.made_from import MadeFrom, manifest_of
from tertulia.store.manifest import Manifest, read_manifest
from tertulia.store.run import Artifact, RunFolder

MADE_FROM = MadeFrom(
    stage="corpus", version="1", inputs={}, parameters={"x": 1}, numeric_class=None
)
KEY = MADE_FROM.key


def manifest_for(draft: Draft) -> Manifest:
    return manifest_of(draft, MADE_FROM, Attempt(), machine={}, seeds={})


def build(run: RunFolder, text: str = "payload") -> Artifact:
    draft = run.begin("corpus", KEY)
    (draft.path / "inner").mkdir()
    (draft.path / "inner" / "a.txt").write_text(text)
    (draft.scratch / "checkpoint").write_text("state")
    return run.seal(draft, manifest_for(draft))


def test_a_sealed_artifact_is_found_with_its_manifest(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path / "runs" / "r") as run:
        assert run.find("corpus", KEY) is None
        artifact = build(run)
        assert run.find("corpus", KEY) == artifact
    assert artifact.path.name == f"corpus-{KEY[:16]}"
    assert artifact.manifest.key == KEY
    names = {path.name for path in (tmp_path / "runs" / "r").rglob("*")}
    assert names == {".lock", artifact.path.name, "manifest.json", "inner", "a.txt"}


def test_a_new_attempt_begins_with_scratch_and_an_empty_payload(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path / "r") as run:
        draft = run.begin("corpus", KEY)
        assert not run.has_scratch("corpus", KEY)
        (draft.scratch / "checkpoint").write_text("state")
        (draft.path / "half").mkdir()
        (draft.path / "half" / "file").write_text("x")

        again = run.begin("corpus", KEY)

        assert run.has_scratch("corpus", KEY)
        assert [path.name for path in again.path.iterdir()] == [".scratch"]
        assert (again.scratch / "checkpoint").read_text() == "state"
        assert run.find("corpus", KEY) is None


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("inner/a.txt", "other", "store.payload-changed"),
        ("inner/a.txt", None, "store.payload-changed"),
        ("new.txt", "x", "store.payload-changed"),
        ("manifest.json", None, "store.no-manifest"),
        ("manifest.json", "", "store.bad-manifest"),
        ("manifest.json", "{", "store.bad-manifest"),
        ("manifest.json", "[]", "store.bad-manifest"),
        ("manifest.json", '{"schema": 1}', "store.bad-manifest"),
        ("manifest.json", '{"schema": 2}', "store.newer-manifest"),
    ],
)
def test_damage_is_told_with_place_and_remedy(
    tmp_path: Path, name: str, content: str | None, code: str
) -> None:
    with RunFolder.open(tmp_path / "r") as run:
        path = build(run).path
        if content is None:
            (path / name).unlink()
        else:
            (path / name).write_text(content)
        with pytest.raises(StoreError) as caught:
            run.find("corpus", KEY)
        assert caught.value.code == code
        assert str(path) in str(caught.value.where)
        assert caught.value.remedy


def test_a_manifest_that_was_edited_does_not_fit(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path / "r") as run:
        path = build(run).path / "manifest.json"
        text = path.read_text()
        path.write_text(text.replace(KEY, "0" * 64))
        with pytest.raises(StoreError) as caught:
            run.find("corpus", KEY)
        assert caught.value.code == "store.wrong-key"

        values = json.loads(text)
        path.write_text(json.dumps(values | {"digest": "0" * 64}))
        with pytest.raises(StoreError, match="gives another digest"):
            run.find("corpus", KEY)


def test_odd_facts_cost_no_artifact(tmp_path: Path) -> None:
    class Scalar:
        def item(self) -> float:
            return 0.5

    with RunFolder.open(tmp_path / "r") as run:
        draft = run.begin("corpus", KEY)
        (draft.path / "a.txt").write_text("a")
        draft.facts |= {"loss": Scalar(), "path": Path("x"), "kind": Draft}
        artifact = run.seal(draft, manifest_for(draft))
    facts = read_manifest(artifact.path).facts
    assert facts["loss"] == 0.5 and facts["path"] == "x" and "Draft" in facts["kind"]


def test_latest_names_what_is_current(tmp_path: Path) -> None:
    assert newest_run(tmp_path) is None
    assert latest_artifacts(tmp_path / "r") == {}
    with RunFolder.open(tmp_path / "r") as run:
        artifact = build(run)
        run.set_latest({"corpus": artifact})
    assert json.loads((tmp_path / "r" / "latest.json").read_text())["corpus"] == artifact.path.name
    assert latest_artifacts(tmp_path / "r") == {"corpus": artifact.path}
    assert newest_run(tmp_path) == tmp_path / "r"

    shutil.rmtree(artifact.path)
    assert latest_artifacts(tmp_path / "r") == {}
    (tmp_path / "r" / "latest.json").write_text("{}")
    with pytest.raises(StoreError) as caught:
        latest_artifacts(tmp_path / "r")
    assert caught.value.code == "store.bad-latest"


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("x")
    with (
        pytest.raises(StoreError) as caught,
        RunFolder.open(tmp_path / "runs" / "r"),
    ):
        pass
    assert caught.value.code == "store.not-a-folder"
