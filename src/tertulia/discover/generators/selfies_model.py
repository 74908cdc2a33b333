"""Acids from a language model: SELFIES that tertulia's own tokenizer and trainer were taught.

The model is that of the shipped recipe `molecules`. It writes acids from nothing, or goes on from
where it was given the beginning of a parent; tuned on the elite of a campaign it writes what is
like them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tertulia.discover.generators.acid_head import read_one_headed
from tertulia.discover.generators.plausibility import implausible
from tertulia.discover.generators.proposal import Proposal
from tertulia.discover.generators.selfies_files import (
    TrainingTexts,
    load_selfies_model,
    shipped_training_texts,
)
from tertulia.discover.generators.selfies_sampling import Sampling, read_texts, written_texts
from tertulia.discover.generators.selfies_words import writings
from tertulia.discover.molecules.acid import Acid, acid_of, read_smiles

if TYPE_CHECKING:
    from tertulia.model.transformer import Transformer
    from tertulia.tokenizer.tokenizer import Tokenizer

MAX_HEAVY_ATOMS = 22
TUNING_EPOCHS = 4
_TRIALS_FOR_EACH = 8
_AT_ONCE = 256
_CONTINUED_SHARE = 0.5
"""Of the texts, where there are parents: they begin as a parent does."""
_RANK_FLOOR = 0.1
"""The worst of n parents is drawn as often as the best of them over 1 + 1 / this."""


class SelfiesModel:
    """A generator; the same model, parents, count and seed give the same proposals."""

    name = "selfies"

    def __init__(
        self,
        transformer: Transformer,
        tokenizer: Tokenizer,
        trained_on: TrainingTexts,
        *,
        temperature: float = 1.0,
        max_heavy_atoms: int = MAX_HEAVY_ATOMS,
        tuned_on: frozenset[str] = frozenset(),
    ) -> None:
        """`tuned_on` are the anions of the acids that the model has been tuned on."""
        self.transformer, self.tokenizer, self.trained_on = transformer, tokenizer, trained_on
        self.dropped: Counter[str] = Counter()
        self._temperature, self._max_heavy_atoms = temperature, max_heavy_atoms
        self._tuned_on = tuned_on

    @classmethod
    def shipped(cls) -> SelfiesModel:
        """The model that comes with tertulia; raises as `load_selfies_model`."""
        from tertulia.recipe.shipped import shipped_folder

        return cls.open(shipped_folder("selfies_model"))

    @classmethod
    def open(cls, folder: Path) -> SelfiesModel:
        """The model of a folder, trained on the shipped acids; raises as `load_selfies_model`."""
        return cls(*load_selfies_model(folder), shipped_training_texts())

    def sample(self, count: int, *, seed: int, beginnings: Sequence[str] = ()) -> Sampling:
        """`count` texts as they come, none left out, to tell validity, uniqueness and novelty.

        Text k begins with `beginnings[k]`, in words, as far as there are any.
        """
        given = [*beginnings[:count], *[""] * (count - len(beginnings))]
        return read_texts(self._write(given, seed))

    def propose(self, parents: Sequence[str], count: int, *, seed: int) -> list[Proposal]:
        """At most `count` acids, no two of one anion, none that of a parent or of the elite.

        Half of the texts begin as a parent does where there are parents. Raises DataError
        `discover.not-an-acid` and `discover.smiles-unreadable` for a parent.
        """
        generator = np.random.Generator(np.random.PCG64(seed))
        taken = {acid_of(parent).anion for parent in parents} | self._tuned_on
        proposals: list[Proposal] = []
        left = _TRIALS_FOR_EACH * count
        while left and len(proposals) < count:
            number = min(left, _AT_ONCE)
            left -= number
            for acid, parent, how in self._round(parents, number, generator):
                if len(proposals) == count:
                    break
                if isinstance(acid, str):
                    self.dropped[acid] += 1
                elif acid.anion in taken:
                    self.dropped["repeated"] += 1
                else:
                    taken.add(acid.anion)
                    proposals.append(
                        Proposal(smiles=acid.smiles, generator=self.name, parents=parent, how=how)
                    )
        return proposals

    def wanted(self, acid: Acid | str) -> Acid | str:
        """The acid if it is proposed, else the reason why it is not."""
        if isinstance(acid, str):
            return acid
        molecule = read_smiles(acid.smiles)
        if molecule.GetNumHeavyAtoms() > self._max_heavy_atoms:
            return "too-large"
        return implausible(molecule) or read_one_headed(acid.smiles)

    def tuned(
        self, elite: Sequence[str], *, seed: int, epochs: int = TUNING_EPOCHS
    ) -> SelfiesModel:
        """A model that has learnt from `elite`, SMILES of acids, on one thread; this one stays.

        Raises DataError `discover.not-an-acid` and `discover.smiles-unreadable`.
        """
        from tertulia.discover.generators.selfies_tuning import tuned_on

        acids = list({acid.anion: acid for acid in map(acid_of, elite)}.values())
        changed = tuned_on(
            self.transformer,
            self.tokenizer,
            [acid.smiles for acid in acids],
            self.trained_on.texts,
            epochs=epochs,
            seed=seed,
        )
        return SelfiesModel(
            changed,
            self.tokenizer,
            self.trained_on,
            temperature=self._temperature,
            max_heavy_atoms=self._max_heavy_atoms,
            tuned_on=self._tuned_on | {acid.anion for acid in acids},
        )

    def _round(
        self, parents: Sequence[str], number: int, generator: np.random.Generator
    ) -> Iterator[tuple[Acid | str, tuple[str, ...], str]]:
        """(acid or why there is none, parents, how) of `number` texts."""
        begun = [self._beginning(parents, generator) for _ in range(number)]
        texts = self._write([words for words, _ in begun], int(generator.integers(2**62)))
        for acid, (words, parent) in zip(read_texts(texts).acids, begun, strict=True):
            yield self.wanted(acid), parent, self._how(words)

    def _beginning(
        self, parents: Sequence[str], generator: np.random.Generator
    ) -> tuple[str, tuple[str, ...]]:
        """Words to begin with, and whose they are."""
        if not parents or generator.random() >= _CONTINUED_SHARE:
            return "", ()
        weights = 1 / (_RANK_FLOOR * len(parents) + np.arange(len(parents)))
        parent = parents[int(generator.choice(len(parents), p=weights / weights.sum()))]
        texts = writings(acid_of(parent).smiles, 1, seed=int(generator.integers(2**31)))
        words = texts[0].split() if texts else []
        kept = int(generator.uniform(0.2, 0.8) * len(words))
        return (" ".join(words[:kept]), (parent,)) if kept else ("", ())

    def _how(self, words: str) -> str:
        begun = f"begins with {len(words.split())} words of its parent" if words else "from nothing"
        return f"{begun}, model tuned on {len(self._tuned_on)} acids" if self._tuned_on else begun

    def _write(self, beginnings: Sequence[str], seed: int) -> list[str]:
        from tertulia.compute.machine import Machine
        from tertulia.train.numerics import numeric_settings

        with numeric_settings(Machine(name="sampling", threads=1)):
            return written_texts(
                self.transformer,
                self.tokenizer,
                beginnings,
                temperature=self._temperature,
                seed=seed,
            )
