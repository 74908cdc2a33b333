"""Words out of a language model, many texts at once, and what becomes of them as molecules.

All texts go on together, one word each per step, so that they share one cache. A text that begins
with given words (the beginning of a parent) is forced through them on the way.

Shapes: B texts, V vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tertulia.discover.generators.selfies_words import molecule_of
from tertulia.discover.molecules.acid import Acid, acid_of
from tertulia.errors import DataError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from tertulia.model.transformer import Transformer
    from tertulia.tokenizer.tokenizer import Tokenizer

MOST_WORDS = 80
"""A text that goes on beyond it is cut; SELFIES can be cut anywhere."""

_TOGETHER = 128


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """What a model wrote, read as acids: shares of all texts, anions told apart."""

    texts: tuple[str, ...]
    acids: tuple[Acid | str, ...]
    """For each text its acid, or why it is none."""

    @property
    def valid(self) -> list[Acid]:
        """The acids, in the order in which they were written, repetitions too."""
        return [acid for acid in self.acids if isinstance(acid, Acid)]

    @property
    def validity(self) -> float:
        """Share of the texts that `acid_of` reads."""
        return len(self.valid) / max(1, len(self.texts))

    @property
    def uniqueness(self) -> float:
        """Different anions for each valid text."""
        return len({acid.anion for acid in self.valid}) / max(1, len(self.valid))

    def novelty(self, known: frozenset[str]) -> float:
        """Share of the different anions that are not among `known`."""
        anions = {acid.anion for acid in self.valid}
        return len(anions - known) / max(1, len(anions))

    @property
    def failures(self) -> Counter[str]:
        """Why texts are no acids -> how many."""
        return Counter(acid for acid in self.acids if isinstance(acid, str))


def read_texts(texts: Sequence[str]) -> Sampling:
    """The acids of texts; `no-molecule` or the reason of `acid_of` where there is none."""
    return Sampling(texts=tuple(texts), acids=tuple(_acid(text) for text in texts))


def _acid(text: str) -> Acid | str:
    smiles = molecule_of(text)
    if smiles is None:
        return "no-molecule"
    try:
        return acid_of(smiles)
    except DataError as error:
        return error.code.partition(".")[2]


def written_texts(
    model: Transformer,
    tokenizer: Tokenizer,
    beginnings: Sequence[str],
    *,
    temperature: float,
    seed: int,
) -> list[str]:
    """One text for each of `beginnings`, which may be empty; drawn on the CPU from `seed`.

    The same model, beginnings and seed give the same texts on one thread.
    """
    import torch

    generator = torch.Generator().manual_seed(seed % 2**63)
    texts: list[str] = []
    with torch.inference_mode():
        for first in range(0, len(beginnings), _TOGETHER):
            forced = tokenizer.encode_batch(list(beginnings[first : first + _TOGETHER]))
            ids = _written(model.eval(), forced, tokenizer, temperature, generator)
            texts += [tokenizer.decode(one) for one in ids]
    return texts


def _written(
    model: Transformer,
    forced: Sequence[Sequence[int]],
    tokenizer: Tokenizer,
    temperature: float,
    generator: torch.Generator,
) -> list[list[int]]:
    """Ids of each text, from its first word to the one before the end."""
    import torch

    from tertulia.model.cache import KeyValueCache

    special = tokenizer.special
    length = min(MOST_WORDS, model.config.context - 1)
    rows: list[list[int]] = [[] for _ in forced]
    going = list(range(len(rows)))
    cache = KeyValueCache(model.config, len(rows), length + 1)
    last_B1 = torch.full((len(rows), 1), special.start)
    for place in range(length):
        logits_BV: Tensor = model.lm_head(model.hidden(last_B1, cache=cache)[:, -1])
        chance_BV = torch.softmax(logits_BV.float() / temperature, dim=-1)
        # Drawn for every row, forced and finished ones too: a text hangs on no other's length.
        drawn = torch.multinomial(chance_BV, 1, generator=generator)[:, 0].tolist()
        for row in list(going):
            word = forced[row][place] if place < len(forced[row]) else drawn[row]
            drawn[row] = word
            if word in special.stops:
                going.remove(row)
            else:
                rows[row].append(word)
        if not going:
            break
        last_B1 = torch.tensor(drawn)[:, None]
    return rows
