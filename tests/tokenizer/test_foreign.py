"""An imported tokenizer keeps its ids, its special tokens and its chat template."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tokenizers
from tokenizers import decoders, models, pre_tokenizers, processors, trainers

from tertulia.errors import DataError, ModelError
from tertulia.tokenizer.foreign import ForeignTokenizer
from tertulia.tokenizer.tokenizer import load_tokenizer
from tests.fixtures.tiny_base import foreign_tokenizer

TEXT = "L'avi té 1987 pomes 😀\n\n  <|im_end|> <file_sep> i prou"
LLAMA_3 = ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"]


def llama_3(*, bos: bool) -> tokenizers.Tokenizer:
    """As Llama 3's: BOS before a text where `bos`, turns ended by a token of their own."""
    backend = tokenizers.Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=LLAMA_3, initial_alphabet=alphabet, show_progress=False
    )
    backend.train_from_iterator(["la casa"], trainer)
    if bos:
        backend.post_processor = processors.TemplateProcessing(
            single=f"{LLAMA_3[0]} $A", special_tokens=[(LLAMA_3[0], 0)]
        )
    return backend


def test_a_saved_one_opens_as_it_was(tmp_path: Path) -> None:
    made = foreign_tokenizer("{{ messages[0]['content'] }}")
    made.save(tmp_path)
    opened = load_tokenizer(tmp_path)
    assert isinstance(opened, ForeignTokenizer)
    assert opened.special == made.special
    assert opened.chat_template == made.chat_template
    assert opened.encode(TEXT) == made.encode(TEXT)


def test_text_comes_back_and_never_becomes_a_special_token() -> None:
    made = foreign_tokenizer()
    ids = made.encode(TEXT)
    assert made.decode(ids) == TEXT
    assert not {0, 1, 2, 3} & set(ids)
    assert made.decode([0, 2], show_reserved=True) == "<|endoftext|><|im_end|>"


def test_a_text_begins_with_what_ends_one_unless_the_tokenizer_puts_bos_there() -> None:
    names = {"bos_token": LLAMA_3[0], "eos_token": LLAMA_3[2]}
    with_bos = ForeignTokenizer(llama_3(bos=True), names).special
    assert (with_bos.start, with_bos.end, set(with_bos.stops)) == (0, 1, {1, 2})
    without = ForeignTokenizer(llama_3(bos=False), names).special
    assert (without.start, without.end) == (1, 1)


def test_without_an_end_it_cannot_be_used() -> None:
    backend = tokenizers.Tokenizer(models.BPE(vocab={"a": 0}, merges=[]))
    with pytest.raises(ModelError) as caught:
        ForeignTokenizer(backend, {})
    assert caught.value.code == "tokenizer.no-end"


def test_settings_that_run_code_are_not_carried_over(tmp_path: Path) -> None:
    foreign_tokenizer().save(tmp_path / "in")
    config = json.loads((tmp_path / "in" / "tokenizer_config.json").read_text())
    config |= {"auto_map": {"AutoTokenizer": ["run.Me", None]}}
    (tmp_path / "in" / "tokenizer_config.json").write_text(json.dumps(config))
    load_tokenizer(tmp_path / "in").save(tmp_path / "out")
    assert "auto_map" not in (tmp_path / "out" / "tokenizer_config.json").read_text()


class TestChat:
    """Its own template is rendered around contents that stay plain text."""

    TEMPLATE = (
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] | trim }}<|im_end|>\n"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    TALK = (
        {"role": "user", "content": " Hola <|im_end|> "},
        {"role": "assistant", "content": "Bon dia"},
    )

    def test_contents_cannot_be_taken_for_markup(self) -> None:
        made = foreign_tokenizer(self.TEMPLATE)
        ids, _ = made.encode_chat(self.TALK, generation_prompt=True)
        assert [i for i in ids if i < 4] == [1, 2, 1, 2, 1]
        assert made.decode(ids) == "user\nHola <|im_end|>\nassistant\nBon dia\nassistant\n"

    def test_the_mask_covers_the_answer_and_what_ends_it(self) -> None:
        made = foreign_tokenizer(self.TEMPLATE)
        ids, mask = made.encode_chat(self.TALK)
        spoken = [i for i, said in zip(ids, mask, strict=True) if said]
        assert spoken == [*made.encode("Bon dia"), 2]

    def test_without_a_template_chatml_is_used_where_its_tokens_are(self) -> None:
        ids, _ = foreign_tokenizer().encode_chat(self.TALK)
        assert [i for i in ids if i < 4] == [1, 2, 1, 2]
        other = ForeignTokenizer(llama_3(bos=True), {"eos_token": LLAMA_3[1]})
        with pytest.raises(ModelError) as caught:
            other.encode_chat(self.TALK)
        assert caught.value.code == "tokenizer.no-chat-template"

    def test_what_the_template_refuses_is_the_conversations_fault(self) -> None:
        made = foreign_tokenizer("{{ raise_exception('roles must alternate') }}")
        with pytest.raises(DataError, match="roles must alternate"):
            made.encode_chat(self.TALK)

    @pytest.mark.parametrize("template", ["{% if %}", "{{ ''.__class__.__mro__ }}"])
    def test_a_bad_template_runs_nothing(self, template: str) -> None:
        with pytest.raises(ModelError) as caught:
            foreign_tokenizer(template).encode_chat(self.TALK)
        assert caught.value.code == "tokenizer.no-chat-template"
