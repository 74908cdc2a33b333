"""The tokenizer stage: a corpus in; a trained tokenizer and its measures out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.recipe.sources import Inputs
from tertulia.recipe.stages import TokenizerStage

if TYPE_CHECKING:
    from tertulia.compute.machine import Machine
    from tertulia.store.draft import Draft

VERSION = 1


def run(spec: TokenizerStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """Trains the tokenizer of `spec` on the training documents of `inputs["corpus"]`.

    Raises DataError `tokenizer.no-text`.
    """
    # Here, so that importing the stage costs the command line nothing.
    from tertulia.tokenizer.measure import measure_corpus
    from tertulia.tokenizer.sample import balanced_sample
    from tertulia.tokenizer.threads import use_threads
    from tertulia.tokenizer.tokenizer import Tokenizer
    from tertulia.tokenizer.train import train_bpe

    corpus = inputs["corpus"]
    assert isinstance(corpus, Path)
    use_threads(machine.threads)
    texts = balanced_sample(corpus, spec.tokenizer.sample_bytes, spec.seed)
    tokenizer = Tokenizer(train_bpe(texts, spec.tokenizer.vocabulary))
    tokenizer.save(out.path)
    measured = json.dumps(measure_corpus(tokenizer, corpus), ensure_ascii=False, indent=2)
    (out.path / "measure.json").write_text(measured + "\n", encoding="utf-8")
    out.counts["vocabulary"] = tokenizer.vocabulary
