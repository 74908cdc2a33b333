"""A released model is the same model in other people's programs.

transformers is an oracle here; openvino-genai reads the GGUF that llama.cpp reads.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tertulia.inference.torch_engine import TorchEngine
from tertulia.model.disk import load_model
from tertulia.model.transformer import Transformer
from tertulia.release.gguf_export import GgufDescription, export_gguf
from tertulia.release.hugging_face import export_hugging_face, seal
from tertulia.release.names import ModelName
from tertulia.tokenizer.tokenizer import Tokenizer, load_tokenizer
from tests.release.tiny_model import SENTENCES, write_trained_folder

NAME = ModelName(family="tertulia", size="1m", kind="instruct", version="0.1")
STEPS = 20
PROMPTS = [text[cut:][:40] for text in SENTENCES for cut in (0, 17)]
AWKWARD = (
    *SENTENCES,
    "l·l L·L d'aquí 'S 'LL ſ 12345,67",
    "  doble   espai\t\ttab \r\n\r\n fi  ",
    "padre <pad> bos | tool > cite",
    "👩‍👩‍👧‍👦 ñ n\u0303 \u00a0 日本語",
    "\n",
    " ",
)
CONVERSATION = [
    {"role": "system", "content": "Contesta en català."},
    {"role": "user", "content": "Què és una tertúlia?"},
    {"role": "assistant", "content": "Gent que parla."},
    {"role": "user", "content": "I per a què?"},
]


@pytest.fixture(scope="module", params=[True, False], ids=["tied", "untied"])
def released(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released directory, and its GGUF beside it."""
    root = tmp_path_factory.mktemp("release")
    write_trained_folder(root / "trained", tied=request.param)
    folder = root / str(NAME)
    export_hugging_face(root / "trained", folder)
    seal(folder, NAME, languages=["es", "ca"], licence="Apache-2.0")
    description = GgufDescription(name=NAME, licence="Apache-2.0", languages=["es", "ca"])
    export_gguf(folder, root / f"{NAME}.gguf", description)
    return folder


@pytest.fixture(scope="module")
def model(released: Path) -> Transformer:
    return load_model(released).eval()


@pytest.fixture(scope="module")
def tokenizer(released: Path) -> Tokenizer:
    return load_tokenizer(released)


@pytest.fixture(scope="module")
def pipeline(released: Path) -> Iterator[Any]:
    import openvino_genai as genai

    opened = genai.LLMPipeline(
        str(released.parent / f"{NAME}.gguf"),
        "CPU",
        # Left to itself it computes in bfloat16 with an 8-bit cache.
        INFERENCE_PRECISION_HINT="f32",
        KV_CACHE_PRECISION="f32",
        DYNAMIC_QUANTIZATION_GROUP_SIZE=0,
    )
    yield opened
    del opened
    gc.collect()


class TestTransformers:
    """The directory opens with the Auto classes and means the same."""

    def test_logits_agree(self, released: Path, model: Transformer, tokenizer: Tokenizer) -> None:
        from transformers import AutoModelForCausalLM

        theirs = AutoModelForCausalLM.from_pretrained(released, dtype=torch.float32).eval()
        ids = torch.tensor([[1, *tokenizer.encode(" ".join(SENTENCES[:2]))][:90]])
        with torch.no_grad():
            difference = (theirs(ids).logits - model(ids)).abs().max()
        assert difference < 1e-4

    def test_greedy_generation_agrees(
        self, released: Path, model: Transformer, tokenizer: Tokenizer
    ) -> None:
        from transformers import AutoModelForCausalLM

        theirs = AutoModelForCausalLM.from_pretrained(released, dtype=torch.float32).eval()
        assert theirs.generation_config.eos_token_id == [2, 4]
        ids = [1, *tokenizer.encode(SENTENCES[0][:30])]
        generated = theirs.generate(
            torch.tensor([ids]),
            attention_mask=torch.ones(1, len(ids), dtype=torch.long),
            max_new_tokens=STEPS,
            do_sample=False,
        )[0, len(ids) :].tolist()
        ours = list(TorchEngine(model).generate(ids, max_tokens=STEPS, stop_ids=(2, 4)))
        assert ours == [i for i in generated if i not in (2, 4)]

    def test_ids_and_text_agree(self, released: Path, tokenizer: Tokenizer) -> None:
        from transformers import AutoTokenizer

        theirs = AutoTokenizer.from_pretrained(released)
        for text in AWKWARD:
            ids = tokenizer.encode(text)
            assert theirs(text)["input_ids"] == [1, *ids], text
            assert theirs.decode(ids) == text

    def test_the_chat_template_gives_our_ids(self, released: Path, tokenizer: Tokenizer) -> None:
        from transformers import AutoTokenizer

        theirs = AutoTokenizer.from_pretrained(released)
        encoded = theirs.apply_chat_template(
            CONVERSATION, add_generation_prompt=True, return_dict=True
        )
        ids, _ = tokenizer.encode_chat(CONVERSATION, generation_prompt=True)
        assert encoded["input_ids"] == ids


class TestOpenvino:
    """openvino-genai reads the GGUF, asked for the arithmetic that ours is done in."""

    def test_greedy_steps_agree(
        self, pipeline: Any, model: Transformer, tokenizer: Tokenizer
    ) -> None:
        """At least 99 % of 400 steps: float16 weights may swap two tokens that are nearly tied."""
        import openvino
        import openvino_genai as genai

        settings = genai.GenerationConfig(
            max_new_tokens=STEPS, do_sample=False, ignore_eos=True, apply_chat_template=False
        )
        agreed = 0
        for prompt in PROMPTS:
            ids = torch.tensor([[1, *tokenizer.encode(prompt)]])
            inputs = genai.TokenizedInputs(
                openvino.Tensor(ids.numpy()), openvino.Tensor(torch.ones_like(ids).numpy())
            )
            theirs = pipeline.generate(inputs, settings).tokens[0]
            assert len(theirs) == STEPS
            # Ours predicts each step after their tokens, so one tie is counted once.
            with torch.no_grad():
                logits = model(torch.cat((ids, torch.tensor([theirs])), dim=1))[0]
            ours = logits[ids.shape[1] - 1 : -1].argmax(-1).tolist()
            agreed += sum(a == b for a, b in zip(ours, theirs, strict=True))
        assert len(PROMPTS) == 20
        assert agreed >= 0.99 * STEPS * len(PROMPTS)

    def test_ids_and_text_agree(self, pipeline: Any, tokenizer: Tokenizer) -> None:
        theirs = pipeline.get_tokenizer()
        for text in AWKWARD:
            ids = theirs.encode(text).input_ids.data[0].tolist()
            assert ids == tokenizer.encode(text), text
            assert theirs.decode(ids) == text

    def test_the_chat_template_gives_our_ids(self, pipeline: Any, tokenizer: Tokenizer) -> None:
        theirs = pipeline.get_tokenizer()
        rendered = theirs.apply_chat_template(CONVERSATION, add_generation_prompt=True)
        ids, _ = tokenizer.encode_chat(CONVERSATION, generation_prompt=True)
        assert theirs.encode(rendered).input_ids.data[0].tolist() == ids

    def test_special_ids_are_ours(self, pipeline: Any) -> None:
        theirs = pipeline.get_tokenizer()
        found = (theirs.get_pad_token_id(), theirs.get_bos_token_id(), theirs.get_eos_token_id())
        assert found == (0, 1, 4)
