"""Trains the weights: multinomial logistic regression on the n-grams of words.

A sample is a line or a run of words of it, drawn anew in each epoch, so that short texts are
learnt with the long ones. Each of the four languages weighs the same, whatever it has of text, and
each neighbour half as much: a text is rarely theirs, and what they have of text is narrower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tertulia.corpus.language_id.grams import gram_rows
from tertulia.corpus.language_id.words import split_words

BITS = 18
"""The table has 2**BITS rows."""
EPOCHS = 10
BATCH = 4096
RATE = 0.15
WHOLE_CLASSES, NEIGHBOUR_SHARE = 4, 0.5
SHORTEST_RUN, LONGEST_RUN = 1, 40
"""Words of a sample."""
SEED = 20261122


@dataclass(frozen=True)
class Samples:
    """Lines as words: `word` int64 [words] into the vocabulary, `first` int64 [lines + 1],
    `label` int64 [lines]; `rows`, `starts` are the n-grams of the vocabulary."""

    word: NDArray[np.int64]
    first: NDArray[np.int64]
    label: NDArray[np.int64]
    rows: NDArray[np.int64]
    starts: NDArray[np.int64]


def samples(lines: list[list[str]], block: int = 2000) -> Samples:
    """The lines of each class, its place in `lines` being its label."""
    numbers, counts, spelling = [], [], {}
    for text in lines:
        for at in range(0, len(text), block):
            words = split_words(text[at : at + block])
            numbers.append(words.number)
            counts.append(np.diff(words.first))
            unique, where = np.unique(words.number, return_index=True)
            for number, place in zip(unique.tolist(), where.tolist(), strict=True):
                if number not in spelling:
                    begin, end = int(words.begin[place]), int(words.end[place])
                    spelling[number] = bytes(words.buffer[begin:end])
    vocabulary, word = np.unique(np.concatenate(numbers), return_inverse=True)
    spelt = [spelling[number] for number in vocabulary.tolist()]
    end = np.cumsum(np.array([len(each) for each in spelt]))
    begin = end - np.array([len(each) for each in spelt])
    rows, starts = gram_rows(np.frombuffer(b"".join(spelt), dtype=np.uint8), begin, end, BITS)
    count = np.concatenate(counts)
    label = np.repeat(np.arange(len(lines)), [len(text) for text in lines])
    first = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(count)])
    return Samples(word, first, label, rows, starts)


def train(data: Samples, classes: int) -> NDArray[np.float32]:
    """float32 [2**BITS, classes]: the weights."""
    torch.manual_seed(SEED)
    random = np.random.default_rng(SEED)
    weights = torch.zeros(1 << BITS, classes, requires_grad=True)
    optimiser = torch.optim.Adagrad([weights], lr=RATE, initial_accumulator_value=1e-6)
    present = np.bincount(data.label, minlength=classes)
    share = np.where(np.arange(classes) < WHOLE_CLASSES, 1.0, NEIGHBOUR_SHARE)
    balance = torch.from_numpy((share * present.mean() / np.maximum(present, 1)).astype(np.float32))
    steps = EPOCHS * (len(data.label) // BATCH)
    for step in range(steps):
        at = step % (len(data.label) // BATCH)
        if at == 0:
            order = random.permutation(len(data.label))
        chosen = order[at * BATCH : (at + 1) * BATCH]
        word, offsets, kept = _runs(data, chosen, random)
        score = _scores(weights, data, word, offsets)
        length = torch.from_numpy(np.diff(np.append(offsets, word.size))).float()
        logits = score / length.clamp(min=1).sqrt().unsqueeze(1)
        label = torch.from_numpy(data.label[kept])
        loss = torch.nn.functional.cross_entropy(logits, label, weight=balance)
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / steps)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        if step % 50 == 0:
            print(f"step {step} of {steps}: loss {loss.item():.4f}", flush=True)
    return weights.detach().numpy()


def _runs(
    data: Samples, chosen: NDArray[np.int64], random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Words of a run of each chosen line, where each begins, and the lines that have any word."""
    size = data.first[chosen + 1] - data.first[chosen]
    chosen, size = chosen[size > 0], size[size > 0]
    short = random.random(chosen.size) < 0.6
    wanted = np.where(short, random.integers(SHORTEST_RUN, 9, chosen.size), LONGEST_RUN)
    length = np.minimum(size, wanted)
    begin = data.first[chosen] + (random.random(chosen.size) * (size - length + 1)).astype(np.int64)
    offsets = np.cumsum(length) - length
    places = np.repeat(begin - offsets, length) + np.arange(int(length.sum()))
    return data.word[places], offsets, chosen


def _scores(
    weights: torch.Tensor, data: Samples, word: NDArray[np.int64], offsets: NDArray[np.int64]
) -> torch.Tensor:
    """float [samples, classes]: sums over words; each different word is scored once."""
    different, inverse = np.unique(word, return_inverse=True)
    ends = np.append(data.starts, data.rows.size)[different + 1]
    count = ends - data.starts[different]
    begins = np.cumsum(count) - count
    places = np.repeat(data.starts[different] - begins, count) + np.arange(int(count.sum()))
    bag = torch.nn.functional.embedding_bag
    rows = torch.from_numpy(data.rows[places])
    scored = bag(rows, weights, torch.from_numpy(begins), mode="sum")
    return bag(torch.from_numpy(inverse), scored, torch.from_numpy(offsets), mode="sum")
