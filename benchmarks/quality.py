"""Bits per byte of the quickstart's pretraining over three seeds, against a plain loop.

Each seed is a run of the recipe of its own, from corpus to `pretrain`, with an empty compile cache;
its wall time is that of the stage `pretrain`, importing torch and compiling included. The plain
loop (see `plain_loop`) has 6 minutes, compiling included. All are scored by one scorer on the same
held-out and unseen text, the base model before alignment.

    python -m benchmarks.quality [--quick] [--seeds 3] [--minutes 6] [--plain-seeds 1]

Traps. The recipe's tokens are fixed, so that its wall time says whether it kept to the plain
loop's; a busy machine gives the plain loop fewer tokens and ours more time. The reference figures
are of other held-out text: they are context, not a comparison.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.command_line import (
    begin,
    child_environment,
    parser,
    publish,
    quick_or,
    recipe_argument,
)
from benchmarks.figures import mean_spread, spread, table
from benchmarks.starter_tokens import StarterTokens, starter_tokens, variant
from tertulia.compute.profiles import resolve_machine
from tertulia.store.find import latest_artifacts
from tertulia.store.manifest import read_manifest

REFERENCE = {"es": 2.18, "ca": 2.00, "ca-valencia": 1.69, "eu": 2.53, "gl": 2.06}
"""Published for a plain loop at 3,855 tokens/s, on other held-out text."""

Scores = dict[str, dict[str, float]]


@dataclass(frozen=True, kw_only=True)
class SeedRun:
    """One seed of ours."""

    seconds: float
    tokens: int
    scores: Scores
    text_digest: str


def run_seed(recipe: str, seed: int, folder: Path, on: str | None) -> SeedRun:
    """Builds the recipe with this seed up to `pretrain`, compiling afresh, and scores it."""
    path = variant(recipe, folder, f"quality-seed-{seed}", {"seed": seed})
    found = starter_tokens(path, folder / "runs")
    _run(
        ["tertulia", "run", str(path), "--until", "pretrain", "--runs", str(folder / "runs")]
        + (["--on", on] if on else []),
        compile_cache=folder / f"compile-cache-{seed}",
    )
    pretrain = latest_artifacts(folder / "runs" / path.stem)["pretrain"]
    manifest = read_manifest(pretrain)
    scores, digest = _score(found, pretrain, on)
    return SeedRun(
        seconds=manifest.wall_seconds,
        tokens=manifest.counts["tokens"],
        scores=scores,
        text_digest=digest,
    )


def run_plain(arguments: argparse.Namespace, recipe: str, seed: int, folder: Path) -> Any:
    """The plain loop's JSON."""
    out = folder / f"plain-{seed}.json"
    command = ["benchmarks.plain_loop", "--seed", str(seed), "--json", str(out)]
    command += ["--runs", str(folder / "runs"), "--recipe", recipe]
    command += ["--minutes", str(arguments.minutes)] if arguments.minutes else []
    command += ["--quick"] if arguments.quick else []
    command += ["--on", arguments.on] if arguments.on else []
    _run(command, compile_cache=folder / f"compile-cache-plain-{seed}")
    return json.loads(out.read_text(encoding="utf-8"))


def _run(command: list[str], *, compile_cache: Path) -> None:
    print(" ".join(command), file=sys.stderr, flush=True)
    subprocess.run(
        [sys.executable, "-m", *command],
        env=child_environment(TORCHINDUCTOR_CACHE_DIR=str(compile_cache)),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _score(found: StarterTokens, pretrain: Path, on: str | None) -> tuple[Scores, str]:
    from benchmarks.held_out_score import score, text_digest
    from tertulia.model.disk import load_model

    machine = resolve_machine(on)
    model = load_model(pretrain, machine.device).eval()
    scores = score(
        model,
        found.recipe,
        corpus=found.corpus,
        tokenizer=found.tokenizer,
        context=model.config.context,
        precision=machine.precision,
    )
    return scores, text_digest(found.recipe, found.corpus)


def lines_of(ours: list[SeedRun], plain: list[Any]) -> list[str]:
    """The section: the walls, then bits per byte."""
    budget = plain[0]["minutes"] * 60
    within = sum(run.seconds <= budget for run in ours)
    rows = []
    for split, languages in ours[0].scores.items():
        for language in languages:
            of_ours = [run.scores[split][language] for run in ours]
            of_plain = [run["scores"][split][language] for run in plain]
            ratio = statistics.fmean(of_ours) / statistics.fmean(of_plain)
            reference = REFERENCE.get(language) if split == "held_out" else None
            rows.append(
                [
                    f"{split}, {language}",
                    mean_spread(of_ours),
                    mean_spread(of_plain),
                    f"{ratio:.3f}",
                    f"{reference:.2f}" if reference else "",
                ]
            )
    walls = [
        ["quickstart", spread([r.seconds for r in ours], ".0f"), f"{ours[0].tokens:,}"],
        [
            "plain loop",
            spread([r["summary"]["seconds"] for r in plain], ".0f"),
            spread([r["summary"]["tokens"] for r in plain], ",.0f"),
        ],
    ]
    return [
        f"{len(ours)} seeds of ours, {len(plain)} of the plain loop. {within} of {len(ours)} of "
        f"ours kept to the {budget:.0f} s of the plain loop, compiling included on both sides.",
        "",
        *table(["wall of pretraining", "seconds", "tokens"], walls),
        "",
        "Bits per byte, mean (min to max); below 1 in the ratio, ours is better.",
        "",
        *table(["split, language", "quickstart", "plain loop", "ratio", "reference*"], rows),
        "",
        "\\* A plain loop's published figures, on other held-out text: context, not a comparison.",
    ]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--seeds", type=int)
    options.add_argument("--plain-seeds", type=int, default=1)
    options.add_argument("--minutes", type=float, help="the plain loop's time (default 6)")
    options.add_argument("--recipe", help="a recipe file or name (default quickstart)")
    options.add_argument("--on", help="a machine profile")
    arguments = options.parse_args()
    load = begin()
    recipe = recipe_argument(arguments)
    ours: list[SeedRun] = []
    plain: list[Any] = []
    count = quick_or(arguments, "seeds", 2, 3)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(max(count, arguments.plain_seeds)):
            if seed < count:
                ours.append(run_seed(recipe, seed, Path(folder), arguments.on))
            if seed < arguments.plain_seeds:
                plain.append(run_plain(arguments, recipe, seed, Path(folder)))
    texts = {run.text_digest for run in ours} | {run["text_digest"] for run in plain}
    if len(texts) != 1:
        raise RuntimeError("the runs hold out different text: their figures do not compare")
    title = "Bits per byte after pretraining, against a plain loop"
    publish(arguments, "quality", title, lines_of(ours, plain), load=load)


if __name__ == "__main__":
    main()
