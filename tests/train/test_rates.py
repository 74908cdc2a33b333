"""Peak learning rates follow from the size, and what is tuned later is tuned more gently."""

from __future__ import annotations

import pytest

from tertulia.recipe.lora_spec import LoraSpec
from tertulia.recipe.preference_spec import PreferenceSpec
from tertulia.recipe.schema import AlignSpec, ModelSpec, PretrainSpec
from tertulia.train.optimizer import Rates
from tertulia.train.rates import align_rates, preference_rates, pretrain_rates

SIZE = ModelSpec(size="7m")
PRETRAINED = pretrain_rates(SIZE, PretrainSpec(tokens=1))
LORA = LoraSpec()
PREFERENCE = PreferenceSpec(sources=("pairs",))


def test_the_size_gives_the_rate_and_the_recipe_may_override_it() -> None:
    assert (PRETRAINED.optimizer, PRETRAINED.learning_rate) == ("muon", 0.008)
    adamw = pretrain_rates(SIZE, PretrainSpec(tokens=1, optimizer="adamw"))
    assert adamw.learning_rate == pytest.approx(0.0008)
    given = pretrain_rates(SIZE, PretrainSpec(tokens=1, learning_rate=0.5))
    assert given.learning_rate == 0.5


def test_each_phase_is_gentler_than_the_one_before() -> None:
    tuned = align_rates(AlignSpec(), PRETRAINED)
    preferred = preference_rates(PREFERENCE, PRETRAINED, adapters=False)
    for rate in ("learning_rate", "embedding_learning_rate"):
        values = [getattr(rates, rate) for rates in (PRETRAINED, tuned, preferred)]
        assert values == sorted(values, reverse=True) and len(set(values)) == 3
    assert preferred.optimizer == tuned.optimizer == "muon"


@pytest.mark.parametrize(
    "rates",
    [
        pretrain_rates(ModelSpec(base="own"), PretrainSpec(tokens=1, lora=LORA)),
        align_rates(AlignSpec(lora=LORA), PRETRAINED),
        preference_rates(PREFERENCE, PRETRAINED, adapters=True),
    ],
    ids=["pretrain", "align", "preference"],
)
def test_adapters_train_under_adamw_without_decay(rates: Rates) -> None:
    assert rates.optimizer == "adamw" and rates.weight_decay == 0.0
    assert rates.learning_rate < 0.002


def test_a_rate_that_is_asked_for_is_the_adapters() -> None:
    asked = align_rates(AlignSpec(lora=LORA, learning_rate=3e-4), PRETRAINED)
    assert asked.learning_rate == 3e-4
    preference = PREFERENCE.model_copy(update={"learning_rate": 2e-5})
    assert preference_rates(preference, PRETRAINED, adapters=True).learning_rate == 2e-5
