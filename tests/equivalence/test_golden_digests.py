"""A stage whose output changes must get a new version, or old artifacts would pass for new ones.

The digests below are of a small fixed corpus. When this test fails and the change is meant, raise
the stage's version in `recipe/stage_table.py` and in the room's `stage.py`, and record the new
digest. Training is left out: its bits belong to one numeric class, not to every machine. A new
version of a library that writes the files (pyarrow, tokenizers) changes digests too; the versions
are pinned in `constraints.txt`.
"""

from __future__ import annotations

import json

import pytest

from tertulia.compute.machine import Machine
from tertulia.pipeline import run_recipe

GOLDEN = {
    "documents": ("2", "94b378d876cd8aaa2d70656f1d073cc7d4fec35f048f09655f0d891306abe0c1"),
    "corpus": ("2", "454d156a755d17d5ada6469d98ee8cbea02480799c9487e79727738a7f88a8b1"),
    "tokenizer": ("2", "41843e7fcff4b3c8b2c6c26fe6d2d47d802ef0ee25eb725c89bc6092e7292c78"),
    "tokens": ("1", "72bf9f3c9518bfb5fe524b903dd8ec45038403ebff8846b1eb322314c6dfe27a"),
}

_RECIPE = """
schema = 1
name = "golden"
languages = ["eu", "gl"]
[corpus]
sources = ["texts"]
held_out_fraction = 0.1
[tokenizer]
vocabulary = 384
[model]
context = 32
[pretrain]
tokens = 4096
batch_tokens = 256
"""

_SOURCES = """
schema = 1
[sources.texts]
path = "texts.jsonl"
licence = "CC0-1.0"
"""

_SENTENCES = {
    "eu": ("Kaixo, hau {n}. esaldia da.", "Gaur {n} liburu irakurri ditut etxean."),
    "gl": ("Ola, esta é a frase {n}.", "Hoxe lin {n} libros na casa da avoa."),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    folder = tmp_path_factory.mktemp("golden")
    rows = [
        {"text": sentence.format(n=n), "language": language}
        for n in range(60)
        for language, sentences in _SENTENCES.items()
        for sentence in sentences
    ]
    (folder / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "golden.toml").write_text(_RECIPE)
    (folder / "sources.toml").write_text(_SOURCES)
    machine = Machine(name="test")
    report = run_recipe(folder / "golden.toml", runs_dir=folder, until="tokens", machine=machine)
    return {
        stage: (artifact.manifest.stage_version, artifact.manifest.digest)
        for stage, artifact in report.artifacts.items()
    }


@pytest.mark.parametrize("stage", GOLDEN)
def test_a_stage_gives_what_its_version_gave(built: dict[str, tuple[str, str]], stage: str) -> None:
    assert built[stage] == GOLDEN[stage]
