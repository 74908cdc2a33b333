"""Whole-number weights, and how sure the model may be: fitted on lines kept from training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tertulia.corpus.language_id.model import Model, Scorer
from tertulia.corpus.language_id.words import split_words

SCALE = 40.0
"""Whole-number steps to a weight of one."""
KEPT_LINES = 1000
"""Of each class, for calibration; or a fiftieth of its lines where that is less."""
LENGTHS = (1, 2, 3, 5, 8, 13, 40)
"""Words of the texts that calibration sees."""


@dataclass(frozen=True)
class Calibration:
    """See `Model`; `error` is the expected calibration error in fifteen bins, on the same lines."""

    sharpness: float
    length_power: float
    error: float


def whole_numbers(weights: NDArray[np.float32]) -> NDArray[np.int8]:
    """int8 [rows, classes]: centred, so that a row all classes share says nothing."""
    centred = weights - weights.mean(axis=1, keepdims=True)
    return np.clip(np.rint(centred * SCALE), -127, 127).astype(np.int8)


def kept_from_training(lines: list[str]) -> int:
    """How many lines from the end are for calibration."""
    return min(KEPT_LINES, len(lines) // 50)


def calibrate(
    weights: NDArray[np.int8], languages: tuple[str, ...], kept: list[list[str]]
) -> Calibration:
    """Fits sharpness and length power to `kept`, lines by class, each cut to several lengths."""
    bits = int(weights.shape[0]).bit_length() - 1
    scorer = Scorer(Model(languages, bits, weights, 1.0, 0.0))
    scores, counts, labels, balance = [], [], [], []
    for label, lines in enumerate(kept):
        texts = [" ".join(line.split()[:n]) for n in LENGTHS for line in lines]
        words = split_words(texts)
        count = np.diff(words.first)
        scores.append(scorer.scores(words)[count > 0])
        counts.append(count[count > 0])
        labels.append(np.full(int((count > 0).sum()), label))
        balance.append(np.full(len(labels[-1]), 1 / max(len(labels[-1]), 1)))
    score = torch.from_numpy(np.concatenate(scores)).double()
    logarithm = torch.from_numpy(np.concatenate(counts)).double().log()
    label_ = torch.from_numpy(np.concatenate(labels))
    share = torch.from_numpy(np.concatenate(balance))
    fitted = torch.tensor([np.log(1 / SCALE), 0.5], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([fitted], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        logits = score * (fitted[0] - fitted[1] * logarithm).exp().unsqueeze(1)
        each = torch.nn.functional.cross_entropy(logits, label_, reduction="none")
        value = (each * share).sum() / share.sum()
        value.backward()
        return value

    optimiser.step(loss)
    logits = score * (fitted[0] - fitted[1] * logarithm).exp().unsqueeze(1)
    top, best = logits.softmax(1).detach().max(1)
    error = calibration_error(top.numpy(), (best == label_).numpy())
    sharpness, power = fitted.detach().numpy()
    return Calibration(round(float(np.exp(sharpness)), 6), round(float(power), 6), round(error, 5))


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Mean over texts of |confidence - accuracy| of the bin (of fifteen) that a text falls in."""
    bins = np.minimum((confidence * 15).astype(np.int64), 14)
    gap = 0.0
    for each in range(15):
        inside = bins == each
        if inside.any():
            gap += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return float(gap)
