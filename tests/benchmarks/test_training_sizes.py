"""What the benchmarks of speed and of equal time say of the legs that they ran."""

from __future__ import annotations

import pytest

from benchmarks.equal_leg import EqualResult
from benchmarks.equal_time import OURS as OURS_IN_TIME
from benchmarks.equal_time import lines_of as lines_of_equal_time
from benchmarks.matmul_peak import product_flops
from benchmarks.timed_leg import LegTimes
from benchmarks.training_sizes import OURS, RIVALS, lines_of
from tertulia.model.config import config_from_spec
from tertulia.recipe.schema import ModelSpec
from tertulia.train.plan import flops_per_token

CONFIG = config_from_spec(ModelSpec(size="1m", context=64), 512)


def _leg(seconds: float, peak_flops: float) -> LegTimes:
    return LegTimes(
        tokens_per_step=100,
        step_seconds=[seconds],
        warm_up_seconds=0.0,
        mean_loss=2.0,
        peak_bytes=0,
        peak_flops=peak_flops,
    )


def test_a_share_is_of_the_legs_own_peak_and_a_ratio_of_its_own_round() -> None:
    # 100 tokens a second of a machine that does 200, then 50 of one that has slowed down to 100.
    peak = flops_per_token(CONFIG) * 200
    ours = [_leg(1.0, peak), _leg(2.0, peak / 2)]
    rival = [_leg(3.0, peak), _leg(6.0, peak / 2)]
    text = "\n".join(lines_of("1m", CONFIG, {OURS[0]: ours, OURS[1]: ours, RIVALS[0]: rival}))
    assert f"| {OURS[0]} | 75 (50 to 100) | 0 | 50 (50 to 50) | 2.000 |" in text
    assert f"| {RIVALS[0]} | 3.00 (3.00 to 3.00) | 3.00 (3.00 to 3.00) |" in text


def test_equal_time_shows_what_each_took_and_scored() -> None:
    result = EqualResult(seconds=361.4, tokens=1000, scores={"held_out": {"eu": 2.5, "gl": 2.0}})
    text = "\n".join(lines_of_equal_time({OURS_IN_TIME: result, "rival": result}, 6.0))
    assert "| rival | 361 s | 1,000 |" in text
    assert "| bits per byte, held out | eu | gl |" in text
    assert "| rival | 2.500 | 2.000 |" in text


def test_a_product_is_timed() -> None:
    assert product_flops(32, "float32") > 0
    with pytest.raises(RuntimeError):
        product_flops(8, "float32", device="no-such-device")
