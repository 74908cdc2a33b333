"""One token out of a row of logits."""

from __future__ import annotations

import torch
from torch import Tensor

from tertulia.errors import ModelError


def check_settings(*, temperature: float, top_p: float, max_tokens: int) -> None:
    """Raises ModelError `inference.setting` for a value out of bounds."""
    if not 0.0 <= temperature < float("inf"):
        raise ModelError(
            "inference.setting",
            f"temperature {temperature} is not a number from 0 up",
            remedy="Choose 0 for the likeliest text, about 0.7 for varied text",
        )
    if not 0.0 < top_p <= 1.0:
        raise ModelError(
            "inference.setting",
            f"top-p {top_p} is not above 0 and at most 1",
            remedy="Choose 1 to draw from all tokens, about 0.95 to leave out the tail",
        )
    if max_tokens < 1:
        raise ModelError(
            "inference.setting", f"cannot generate {max_tokens} tokens", remedy="Ask for 1 or more"
        )


def nucleus(logits_V: Tensor, *, temperature: float, top_p: float) -> Tensor:
    """Probabilities (V,) in float32: the smallest likeliest set that holds `top_p`, rescaled.

    The likeliest token always stays. Ties are broken by the lower id.
    """
    probability = torch.softmax(logits_V.float() / temperature, dim=-1)
    if top_p >= 1.0:
        return probability
    ordered, order = torch.sort(probability, descending=True, stable=True)
    before = ordered.cumsum(0) - ordered
    kept = torch.where(before < top_p, ordered, torch.zeros_like(ordered))
    return torch.zeros_like(probability).scatter_(0, order, kept / kept.sum())


def sample_next(
    logits_V: Tensor,
    *,
    temperature: float,
    top_p: float,
    generator: torch.Generator,
) -> int:
    """Draws the next token; temperature 0 takes the likeliest and draws nothing.

    `generator` lives on the CPU whatever the model's device, so a seed means one text.
    """
    logits_V = logits_V.float().cpu()
    if temperature == 0.0:
        return int(logits_V.argmax())
    probability = nucleus(logits_V, temperature=temperature, top_p=top_p)
    return int(torch.multinomial(probability, 1, generator=generator))
