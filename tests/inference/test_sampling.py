"""Drawing one token."""

from __future__ import annotations

import pytest
import torch

from tertulia.errors import ModelError
from tertulia.inference.sampling import check_settings, nucleus, sample_next

LOGITS = torch.log(torch.tensor([0.05, 0.5, 0.25, 0.2]))


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_temperature_zero_takes_the_likeliest_and_draws_nothing() -> None:
    generator = _generator()
    before = generator.get_state()
    assert sample_next(LOGITS, temperature=0.0, top_p=1.0, generator=generator) == 1
    assert torch.equal(generator.get_state(), before)


def test_the_nucleus_is_the_smallest_set_that_holds_top_p() -> None:
    kept = nucleus(LOGITS, temperature=1.0, top_p=0.7)
    torch.testing.assert_close(kept, torch.tensor([0.0, 2 / 3, 1 / 3, 0.0]))


def test_a_tiny_top_p_leaves_the_likeliest_token() -> None:
    kept = nucleus(LOGITS, temperature=1.0, top_p=1e-6)
    torch.testing.assert_close(kept, torch.tensor([0.0, 1.0, 0.0, 0.0]))


def test_top_p_one_leaves_the_softmax_as_it_is() -> None:
    torch.testing.assert_close(nucleus(LOGITS, temperature=1.0, top_p=1.0), LOGITS.exp())


def test_ties_go_to_the_lower_id() -> None:
    kept = nucleus(torch.zeros(8), temperature=1.0, top_p=0.5)
    assert torch.nonzero(kept).flatten().tolist() == [0, 1, 2, 3]


def test_frequencies_follow_the_probabilities() -> None:
    generator = _generator(7)
    drawn = [
        sample_next(LOGITS, temperature=1.0, top_p=1.0, generator=generator) for _ in range(4000)
    ]
    share = torch.bincount(torch.tensor(drawn), minlength=4) / len(drawn)
    torch.testing.assert_close(share, LOGITS.exp(), atol=0.03, rtol=0)


def test_a_low_temperature_sharpens() -> None:
    assert nucleus(LOGITS, temperature=0.2, top_p=1.0)[1] > 0.9


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"max_tokens": 0},
    ],
)
def test_a_setting_out_of_bounds_is_the_users_mistake(wrong: dict[str, float]) -> None:
    settings = {"temperature": 0.7, "top_p": 0.9, "max_tokens": 5} | wrong
    with pytest.raises(ModelError) as caught:
        check_settings(**settings)  # type: ignore[arg-type]
    assert caught.value.code == "inference.setting"
