"""The tokenizer stage: a corpus in; a trained tokenizer and its measures out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.recipe.document_sources import require_sources
from tertulia.recipe.sources import Inputs, base_path
from tertulia.recipe.stages import TokenizerStage

if TYPE_CHECKING:
    from tertulia.compute.machine import Machine
    from tertulia.store.draft import Draft
    from tertulia.tokenizer.tokenizer import Tokenizer

VERSION = 2


def run(spec: TokenizerStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """Trains the tokenizer of `spec` on the training documents of `inputs["corpus"]`.

    Sources and languages are balanced as `tertulia.tokenizer.balance` tells. Where a base model's
    is kept, it is copied and measured instead.

    Raises DataError `tokenizer.no-text`, RecipeError `recipe.no-such-source`, ModelError.
    """
    # Here, so that importing the stage costs the command line nothing.
    from tertulia.tokenizer.foreign import open_tokenizer_of
    from tertulia.tokenizer.measure import measure_corpus
    from tertulia.tokenizer.threads import use_threads

    corpus = inputs["corpus"]
    assert isinstance(corpus, Path)
    use_threads(machine.threads)
    tokenizer = open_tokenizer_of(base_path(inputs)) if spec.keep else _trained(spec, corpus)
    tokenizer.save(out.path)
    measured = json.dumps(measure_corpus(tokenizer, corpus), ensure_ascii=False, indent=2)
    (out.path / "measure.json").write_text(measured + "\n", encoding="utf-8")
    out.counts["vocabulary"] = tokenizer.vocabulary


def _trained(spec: TokenizerStage, corpus: Path) -> Tokenizer:
    from tertulia.tokenizer.balance import balanced
    from tertulia.tokenizer.sample import sampled_counts
    from tertulia.tokenizer.tokenizer import Tokenizer
    from tertulia.tokenizer.train import train_on_counts

    sampled = sampled_counts(corpus, spec.tokenizer.sample_bytes, spec.seed)
    known = {name for frame in sampled.values() for name in frame["source"].unique()}
    require_sources(spec.tokenizer.source_weights, known, "tokenizer.source_weights")
    counts = balanced(
        sampled,
        language_weights=dict[str, float](spec.tokenizer.language_weights.items()),
        source_weights=spec.tokenizer.source_weights,
    )
    return Tokenizer(train_on_counts(counts, spec.tokenizer.vocabulary))
