"""Generation with our own transformer: the cache changes the speed and nothing else."""

from __future__ import annotations

import pytest
import torch

from tertulia.errors import ModelError
from tertulia.inference.torch_engine import TorchEngine
from tertulia.model.config import ModelConfig
from tertulia.model.transformer import Transformer

CONTEXT = 32
PROMPT = [1, 70, 81, 92, 103]


@pytest.fixture(scope="module")
def model() -> Transformer:
    config = ModelConfig(
        vocabulary=256,
        width=64,
        depth=2,
        heads=4,
        kv_heads=2,
        head_width=16,
        hidden=96,
        context=CONTEXT,
    )
    generator = torch.Generator().manual_seed(5)
    built = Transformer(config)
    with torch.no_grad():
        for parameter in built.parameters():
            # Larger than in training, so that the likeliest token stands out.
            parameter.normal_(std=0.3, generator=generator)
    return built


@pytest.fixture(scope="module")
def engine(model: Transformer) -> TorchEngine:
    return TorchEngine(model)


def _greedy_without_cache(model: Transformer, ids: list[int], steps: int) -> list[int]:
    """The definition: read everything again for each token; half the context once it is full."""
    window, new = list(ids), []
    with torch.no_grad():
        for _ in range(steps):
            if len(window) > CONTEXT:
                window = window[-(CONTEXT // 2) :]
            new.append(int(model(torch.tensor([window]))[0, -1].argmax()))
            window.append(new[-1])
    return new


def test_the_cache_gives_the_greedy_tokens_of_reading_everything_again(
    engine: TorchEngine, model: Transformer
) -> None:
    steps = CONTEXT - len(PROMPT)
    assert list(engine.generate(PROMPT, max_tokens=steps)) == _greedy_without_cache(
        model, PROMPT, steps
    )


def test_a_full_context_slides_to_its_last_half(engine: TorchEngine, model: Transformer) -> None:
    steps = 3 * CONTEXT
    assert list(engine.generate(PROMPT, max_tokens=steps)) == _greedy_without_cache(
        model, PROMPT, steps
    )


@pytest.mark.parametrize("length", [CONTEXT - 1, CONTEXT, CONTEXT + 1, 5 * CONTEXT])
def test_a_long_prompt_is_read_from_its_end(
    engine: TorchEngine, model: Transformer, length: int
) -> None:
    prompt = [(7 * i) % 256 for i in range(length)]
    assert list(engine.generate(prompt, max_tokens=6)) == _greedy_without_cache(model, prompt, 6)


def test_the_same_seed_gives_the_same_tokens_and_another_seed_others(engine: TorchEngine) -> None:
    def drawn(seed: int) -> list[int]:
        return list(engine.generate(PROMPT, max_tokens=40, temperature=1.0, top_p=0.95, seed=seed))

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_stop_id_ends_it_and_is_not_yielded(engine: TorchEngine) -> None:
    free = list(engine.generate(PROMPT, max_tokens=20))
    stop = free[5]
    assert (
        list(engine.generate(PROMPT, max_tokens=20, stop_ids=(stop,))) == free[: free.index(stop)]
    )


def test_exactly_max_tokens_come_out(engine: TorchEngine) -> None:
    assert len(list(engine.generate(PROMPT, max_tokens=1))) == 1
    assert len(list(engine.generate(PROMPT, max_tokens=7))) == 7


def test_an_empty_prompt_is_refused_before_the_first_token(engine: TorchEngine) -> None:
    with pytest.raises(ModelError) as caught:
        engine.generate([], max_tokens=3)
    assert caught.value.code == "inference.empty-prompt"
