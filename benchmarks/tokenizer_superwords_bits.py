"""Bits per byte of models with superwords and without, at equal compute.

    python -m benchmarks.tokenizer_superwords_bits [--seeds 3] [--tokens 1M] [--quick]

Both tokenizers have as many entries, both models the same shape, steps and tokens, so that they
cost the same; the one with superwords sees more text in them. The corpus is the starter. Trap: a
model of minutes has hardly read any pair of words often, so the larger the run, the more the
figures say.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from benchmarks.figures import mean_spread, table
from benchmarks.held_out_score import Scores, score
from benchmarks.results_file import write_section
from tertulia.compute.machine import Machine
from tertulia.compute.profiles import resolve_machine
from tertulia.model.disk import load_model
from tertulia.pipeline import STAGES, Stage, run_recipe
from tertulia.recipe.load import load_recipe
from tertulia.recipe.sources import Inputs
from tertulia.recipe.stages import TokenizerStage
from tertulia.store.draft import Draft
from tertulia.tokenizer import stage as tokenizer_stage
from tertulia.tokenizer.balance import balanced
from tertulia.tokenizer.pretokens import SEPARATOR
from tertulia.tokenizer.sample import language_files, sampled_counts, sampled_documents
from tertulia.tokenizer.superwords import with_superwords, word_pairs
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_on_counts

VOCABULARY = 16_384
BASE = 13_312
"""Entries that are no pairs: the same part as in the tokenizer of 64k."""
_RECIPE = """
schema = 1
name = "superwords"
seed = {seed}
languages = ["es", "ca", "ca-valencia", "eu", "gl"]
[corpus]
sources = ["starter"]
[corpus.language]
identify = "never"
[corpus.personal_data]
replace = []
[corpus.quality]
profile = "none"
[corpus.duplicates]
near = 0
[tokenizer]
vocabulary = {vocabulary}
[model]
size = "5m"
[pretrain]
tokens = "{tokens}"
[evaluate]
max_bytes_per_language = "200k"
"""


def superword_stage(spec: TokenizerStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """As the stage `tokenizer`, with pairs of words in the last entries."""
    corpus = inputs["corpus"]
    assert isinstance(corpus, Path)
    counts = sampled_counts(corpus, spec.tokenizer.sample_bytes, spec.seed)
    words = balanced(counts, language_weights={}, source_weights={})
    base = train_on_counts(words, BASE)
    tokenizer = Tokenizer(with_superwords(base, _pairs(corpus, spec), spec.tokenizer.vocabulary))
    tokenizer.save(out.path)
    out.counts["vocabulary"] = tokenizer.vocabulary


def _pairs(corpus: Path, spec: TokenizerStage) -> Iterator[tuple[str, str]]:
    counted = {}
    for language, path in language_files(corpus, "train").items():
        frames = []
        for batch in sampled_documents(path, spec.tokenizer.sample_bytes, spec.seed):
            for (source,), rows in batch.group_by("source"):
                pairs = word_pairs(rows["text"])
                piece = (pl.col("left") + SEPARATOR + pl.col("right")).alias("piece")
                frames.append(pairs.select(pl.lit(source).alias("source"), piece, "count"))
        counted[language] = pl.concat(frames).group_by("source", "piece").agg(pl.col("count").sum())
    weighed = balanced(counted, language_weights={}, source_weights={})
    for piece in weighed.sort(["weight", "piece"], descending=[True, False])["piece"]:
        left, _, right = piece.partition(SEPARATOR)
        yield left, right


def stages(superwords: bool) -> tuple[Stage, ...]:
    """The pipeline's, with the tokenizer that is asked for."""
    function = superword_stage if superwords else tokenizer_stage.run
    version = "superwords" if superwords else tokenizer_stage.VERSION
    return tuple(
        replace(stage, function=function, version=str(version))
        if stage.name == "tokenizer"
        else stage
        for stage in STAGES
    )


def train_and_score(seed: int, tokens: str, superwords: bool, folder: Path) -> tuple[Scores, float]:
    """Bits per byte of one model, and the seconds that its pretraining took."""
    path = folder / f"superwords-{seed}.toml"
    path.write_text(_RECIPE.format(seed=seed, tokens=tokens, vocabulary=VOCABULARY))
    machine = resolve_machine()
    report = run_recipe(
        path,
        runs_dir=folder / str(superwords),
        until="pretrain",
        machine=machine,
        stages=stages(superwords),
    )
    artifacts = report.artifacts
    model = load_model(artifacts["pretrain"].path, machine.device).eval()
    scores = score(
        model,
        load_recipe(path).recipe,
        corpus=artifacts["corpus"].path,
        tokenizer=artifacts["tokenizer"].path,
        context=model.config.context,
        precision=machine.precision,
    )
    seconds = artifacts["pretrain"].manifest.wall_seconds
    print(f"seed {seed}, superwords {superwords}: {seconds:.0f} s, {scores}", flush=True)
    return scores, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tokens", default="1M")
    parser.add_argument("--quick", action="store_true", help="one seed, 65k tokens, no record")
    arguments = parser.parse_args()
    seeds = 1 if arguments.quick else arguments.seeds
    tokens = "65536" if arguments.quick else arguments.tokens
    found: dict[bool, list[tuple[Scores, float]]] = {False: [], True: []}
    with tempfile.TemporaryDirectory() as name:
        for seed in range(seeds):
            for superwords in (False, True):
                found[superwords].append(train_and_score(seed, tokens, superwords, Path(name)))
    text = "\n".join(_lines(found, tokens))
    print(text)
    if not arguments.quick:
        write_section("tokenizer-superwords-bits", text)


def _lines(found: dict[bool, list[tuple[Scores, float]]], tokens: str) -> list[str]:
    rows = []
    for split, languages in found[False][0][0].items():
        for language in languages:
            plain, paired = (
                [scores[split][language] for scores, _ in found[kind]] for kind in (False, True)
            )
            change = 100 * (statistics.fmean(paired) / statistics.fmean(plain) - 1)
            label = f"{split}, {language}"
            rows.append([label, mean_spread(plain), mean_spread(paired), f"{change:+.1f} %"])
    walls = ", ".join(
        f"{'with' if kind else 'without'} {statistics.median(s for _, s in runs):.0f} s"
        for kind, runs in found.items()
    )
    return [
        "## Superwords: bits per byte at equal compute",
        "",
        f"{len(found[True])} seeds, {tokens} tokens each, {VOCABULARY:,} entries of which "
        f"{VOCABULARY - BASE:,} are pairs of words; mean (least to most). Pretraining, median: "
        f"{walls}. Models of minutes: no word about larger ones.",
        "",
        *table(["text", "without", "with superwords", "change"], rows),
    ]


if __name__ == "__main__":
    main()
