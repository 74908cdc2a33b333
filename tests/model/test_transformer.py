"""Attention sees the past of its own document and nothing else; the cache changes no result."""

from __future__ import annotations

import pytest
import torch

from tertulia.model.cache import KeyValueCache
from tertulia.model.config import ModelConfig
from tertulia.model.transformer import Transformer


def small(kv_heads: int = 2, tied: bool = True) -> Transformer:
    torch.manual_seed(1)
    return Transformer(
        ModelConfig(
            vocabulary=128,
            width=64,
            depth=2,
            heads=4,
            kv_heads=kv_heads,
            head_width=16,
            hidden=96,
            context=32,
            tied=tied,
        )
    ).eval()


@pytest.fixture
def ids_BT() -> torch.Tensor:
    return torch.randint(0, 128, (2, 12), generator=torch.Generator().manual_seed(2))


def test_a_later_token_changes_no_earlier_logits(ids_BT: torch.Tensor) -> None:
    model = small()
    changed = ids_BT.clone()
    changed[:, 8:] = (changed[:, 8:] + 1) % 128
    before, after = model(ids_BT), model(changed)
    assert torch.equal(before[:, :8], after[:, :8])
    assert not torch.allclose(before[:, 8:], after[:, 8:])


def test_packed_documents_score_as_they_do_alone(ids_BT: torch.Tensor) -> None:
    model = small()
    documents = torch.tensor([[0] * 5 + [1] * 7] * 2)
    packed = model(ids_BT, documents_BT=documents)
    torch.testing.assert_close(packed[:, :5], model(ids_BT[:, :5]), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(packed[:, 5:], model(ids_BT[:, 5:]), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kv_heads", [1, 2, 4])
@pytest.mark.parametrize("pieces", [(12,), (5, 7), (1,) * 12, (6, 1, 5)])
def test_the_cache_gives_the_same_logits(
    ids_BT: torch.Tensor, kv_heads: int, pieces: tuple[int, ...]
) -> None:
    model = small(kv_heads)
    cache = KeyValueCache(model.config, 2, 12)
    with torch.inference_mode():
        parts = [model(part, cache=cache) for part in ids_BT.split(pieces, dim=1)]
        whole = model(ids_BT)
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, atol=1e-5, rtol=1e-5)


def test_tied_weights_are_one_parameter() -> None:
    names = {name for name, _ in small(tied=True).named_parameters()}
    assert "lm_head.weight" not in names
    assert "lm_head.weight" in {name for name, _ in small(tied=False).named_parameters()}


def test_logits_agree_with_transformers(ids_BT: torch.Tensor) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    from tertulia.model.config import to_hugging_face

    for kv_heads, tied in ((4, True), (2, False), (1, True)):
        model = small(kv_heads, tied)
        peer = LlamaForCausalLM(LlamaConfig(**to_hugging_face(model.config))).eval()
        peer.load_state_dict(model.state_dict(), strict=True)
        with torch.inference_mode():
            torch.testing.assert_close(model(ids_BT), peer(ids_BT).logits, atol=1e-4, rtol=0)


def test_recomputing_keeps_less_and_changes_no_gradient() -> None:
    kept: dict[bool, int] = {}
    gradients: dict[bool, dict[str, torch.Tensor]] = {}
    for recompute in (False, True):
        model = small()
        model.recompute = recompute
        ids = torch.arange(64).reshape(2, 32)
        sizes: dict[int, int] = {}

        def keep(tensor: torch.Tensor, sizes: dict[int, int] = sizes) -> torch.Tensor:
            sizes[tensor.untyped_storage()._cdata] = tensor.untyped_storage().nbytes()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            loss = model(ids, documents_BT=ids // 16).square().sum()
        loss.backward()
        kept[recompute] = sum(sizes.values())
        gradients[recompute] = {
            n: p.grad for n, p in model.named_parameters() if p.grad is not None
        }
    assert kept[True] < kept[False] / 2
    assert gradients[True].keys() == gradients[False].keys()
    for name, gradient in gradients[False].items():
        assert torch.equal(gradients[True][name], gradient), name
