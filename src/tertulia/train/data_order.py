"""Which tokens each training sequence holds: a pure function of seed and position.

Documents are cut into pieces of `context` tokens; what is left at a document's end is packed with
other such ends of the same language, so that no token is padding. Rows are shuffled within an
epoch, and languages are interleaved evenly in the shares of the mixture. A document whose source
has a bound on its epochs is left out of those beyond it; the others go on. Row k is then the same
whatever the number of processes, workers or restarts: the data position is one integer.

Shapes: R rows, S segments, B batch, T context. A segment is a run of one document within a row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tertulia.errors import TrainingError
from tertulia.train.loss import IGNORED
from tertulia.train.token_shards import LanguageShard

Integers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of one language: segment s lies at `offsets[s]` and goes to row `rows[s]`."""

    rows: Integers
    offsets: Integers
    lengths: Integers
    """Inputs of the segment; its targets are the same run one token later."""
    count: int


def full_pieces(shard: LanguageShard, context: int) -> Rows:
    """Every piece of exactly `context` inputs, one a row, in document order."""
    per_document = (shard.lengths - 1) // context
    count = int(per_document.sum())
    document = np.repeat(np.arange(len(per_document)), per_document)
    first = np.concatenate(([0], np.cumsum(per_document)))[document]
    offsets = shard.offsets[document] + (np.arange(count) - first) * context
    return Rows(
        rows=np.arange(count), offsets=offsets, lengths=np.full(count, context), count=count
    )


def packed_ends(shard: LanguageShard, context: int, order: Integers) -> Rows:
    """Ends of documents, taken in `order`, laid end to end and cut into whole rows."""
    inputs = shard.lengths - 1
    lengths = (inputs % context)[order]
    offsets = (shard.offsets + inputs - inputs % context)[order]
    keep = lengths > 0
    lengths, offsets = lengths[keep], offsets[keep]
    ends = np.cumsum(lengths)
    count = int(ends[-1]) // context if len(ends) else 0
    starts = ends - lengths
    # A segment begins where an end of a document does or where a row does.
    cuts = np.union1d(starts, np.arange(count) * context)
    cuts = cuts[cuts < count * context]
    owner = np.searchsorted(ends, cuts, side="right")
    stops = np.append(cuts[1:], count * context)
    return Rows(
        rows=cuts // context,
        offsets=offsets[owner] + cuts - starts[owner],
        lengths=stops - cuts,
        count=count,
    )


def _epoch(shard: LanguageShard, context: int, generator: np.random.Generator) -> Rows:
    whole = full_pieces(shard, context)
    ends = packed_ends(shard, context, generator.permutation(len(shard.lengths)))
    count = whole.count + ends.count
    place = generator.permutation(count)
    rows = place[np.concatenate((whole.rows, whole.count + ends.rows))]
    order = np.argsort(rows, kind="stable")
    return Rows(
        rows=rows[order],
        offsets=np.concatenate((whole.offsets, ends.offsets))[order],
        lengths=np.concatenate((whole.lengths, ends.lengths))[order],
        count=count,
    )


def language_rows(shard: LanguageShard, context: int, wanted: int, seed: int, index: int) -> Rows:
    """`wanted` rows of one language, over as many epochs as that takes.

    Raises TrainingError `train.too-little-text`, and `train.epochs-used-up` where the bounds of
    the sources let no text be read again.
    """
    parts, made, epoch = [], 0, 0
    while made < wanted:
        generator = np.random.Generator(np.random.PCG64([seed, index, epoch]))
        rows = _epoch(_in_epoch(shard, epoch), context, generator)
        if rows.count == 0:
            raise _no_rows(shard, context, wanted, made)
        parts.append((rows, made))
        made += rows.count
        epoch += 1
    merged = Rows(
        rows=np.concatenate([r.rows + start for r, start in parts]),
        offsets=np.concatenate([r.offsets for r, _ in parts]),
        lengths=np.concatenate([r.lengths for r, _ in parts]),
        count=wanted,
    )
    stop = int(np.searchsorted(merged.rows, wanted))
    return Rows(
        rows=merged.rows[:stop],
        offsets=merged.offsets[:stop],
        lengths=merged.lengths[:stop],
        count=wanted,
    )


def _in_epoch(shard: LanguageShard, epoch: int) -> LanguageShard:
    """What of `shard` may be read once more after `epoch` times; itself, if that is all of it."""
    if shard.epochs is None or (keep := shard.epochs > epoch).all():
        return shard
    return replace(shard, offsets=shard.offsets[keep], lengths=shard.lengths[keep], epochs=None)


def _no_rows(shard: LanguageShard, context: int, wanted: int, made: int) -> TrainingError:
    if shard.epochs is None or not made:
        return TrainingError(
            "train.too-little-text",
            f"the text in {shard.language} does not fill one sequence of {context} tokens",
            where="key model.context",
            remedy="Add text in that language, or lower model.context"
            + (", or raise max_epochs of its sources" if shard.epochs is not None else ""),
        )
    return TrainingError(
        "train.epochs-used-up",
        f"max_epochs of its sources allows {made * context:,} tokens of {shard.language}, and "
        f"training asks for {wanted * context:,}",
        where="key pretrain.tokens",
        remedy=f"Raise max_epochs, add text in {shard.language}, or lower pretrain.tokens to at "
        f"most {math.floor(1000 * made / wanted) / 10:g} % of what it is",
    )


def shares(weights: Sequence[float], total: int) -> list[int]:
    """Splits `total` rows in proportion to `weights`, the largest remainders rounded up."""
    exact = np.asarray(weights, dtype=np.float64) * total
    whole = np.floor(exact).astype(np.int64)
    short = total - int(whole.sum())
    for index in np.argsort(whole - exact, kind="stable")[:short]:
        whole[index] += 1
    return [int(n) for n in whole]


class DataOrder:
    """The rows of a whole training run."""

    def __init__(
        self,
        shards: Sequence[LanguageShard],
        mixture: Mapping[str, float],
        *,
        context: int,
        rows: int,
        seed: int,
    ) -> None:
        """`rows` sequences of `context` tokens; raises TrainingError where a text is too short."""
        self.shards, self.context, self.rows = list(shards), context, rows
        counts = shares([mixture[s.language] for s in shards], rows)
        self._parts = [
            language_rows(shard, context, count, seed, index)
            for index, (shard, count) in enumerate(zip(shards, counts, strict=True))
        ]
        self._starts = [np.searchsorted(p.rows, np.arange(p.count + 1)) for p in self._parts]
        # Each language spreads its rows evenly over the run; ties go to the first language.
        place = np.concatenate([(np.arange(n) + 0.5) / max(n, 1) for n in counts])
        language = np.repeat(np.arange(len(counts)), counts)
        within = np.concatenate([np.arange(n) for n in counts])
        order = np.argsort(place, kind="stable")
        self._language, self._within = language[order], within[order]

    def language_of(self, row: int) -> str:
        """The language of a row: rows are monolingual."""
        return self.shards[int(self._language[row])].language

    def segments(self, row: int) -> list[tuple[int, int]]:
        """(offset, inputs) of each run in the row, within its language's tokens."""
        index, within = int(self._language[row]), int(self._within[row])
        part, starts = self._parts[index], self._starts[index]
        return [
            (int(part.offsets[s]), int(part.lengths[s]))
            for s in range(int(starts[within]), int(starts[within + 1]))
        ]

    def batch(self, rows: Sequence[int]) -> tuple[Integers, Integers, Integers]:
        """Inputs, targets and document numbers, each (B, T), of the rows asked for."""
        shape = (len(rows), self.context)
        ids_BT = np.zeros(shape, dtype=np.int64)
        target_BT = np.full(shape, IGNORED, dtype=np.int64)
        documents_BT = np.zeros(shape, dtype=np.int64)
        for b, row in enumerate(rows):
            shard = self.shards[int(self._language[row])]
            tokens = shard.tokens
            at = 0
            for number, (offset, length) in enumerate(self.segments(row)):
                ids_BT[b, at : at + length] = tokens[offset : offset + length]
                target_BT[b, at : at + length] = tokens[offset + 1 : offset + length + 1]
                documents_BT[b, at : at + length] = number
                at += length
            shard.checked(ids_BT[b])
            shard.checked(target_BT[b])
        return ids_BT, target_BT, documents_BT

    def seen(self, language_index: int) -> tuple[Integers, Integers]:
        """(offsets, lengths) of the distinct token runs of a language that training reads.

        Lengths count the last target too. Runs that touch are merged, so a document that was
        read whole is one run.
        """
        part = self._parts[language_index]
        order = np.argsort(part.offsets, kind="stable")
        offsets, inputs = part.offsets[order], part.lengths[order]
        if len(offsets) == 0:
            return offsets, inputs
        ends = np.maximum.accumulate(offsets + inputs)
        document = np.searchsorted(self.shards[language_index].offsets, offsets, side="right")
        new = np.ones(len(offsets), dtype=bool)
        new[1:] = (offsets[1:] > ends[:-1]) | (document[1:] != document[:-1])
        begin = np.flatnonzero(new)
        last = np.append(begin[1:], len(offsets)) - 1
        return offsets[begin], ends[last] + 1 - offsets[begin]
