"""Who must not be used, whose rights are reserved, and which licences are allowed.

Three steps, since each is a question of its own and a document should be dropped for the first
that applies: its author's objection, a reservation against mining, its licence.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.document import UNKNOWN_LICENCE
from tertulia.corpus.licences import licence_allowed, spdx_expression, stated_none
from tertulia.corpus.opt_outs import OptOuts, read_opt_outs
from tertulia.corpus.step import DROPPED, Step
from tertulia.recipe.policy_spec import PolicySpec

if TYPE_CHECKING:
    import polars as pl

OPTED_OUT = "opted-out"
RIGHTS_RESERVED = "rights-reserved"
LICENCE_UNKNOWN = "licence-unknown"
LICENCE_NOT_SPDX = "licence-not-spdx"
LICENCE_NOT_ALLOWED = "licence-not-allowed"

STATED = "licence.stated"
"""What the source wrote where the licence is now written differently; null where it is the same."""
RESERVATION = "reservation"
"""What a reader found of `noai`, `tdm-reservation`, robots rules; a frame may lack the column."""

_RESERVED = r"(?i)\bno(imageai|ai|train|ml)\b|^\s*1\s*$|robots\.txt|ai\.txt"
_MINING = r"(?i)tdm-(reservation|policy)"
_NOT_RESERVED = r"(?i)tdm-reservation\W{0,4}0\b"


def policy(spec: PolicySpec, opt_out_lists: Sequence[Path]) -> tuple[Step, ...]:
    """The steps of `[corpus.policy]`: `opt-out`, `reservation`, `licence`.

    Raises DataError `corpus.bad-opt-out` for a list that cannot be read.
    """
    return (
        opt_out(read_opt_outs(opt_out_lists)),
        reservation(honour=spec.honour_reservations),
        licence(allow_unknown=spec.allow_unknown, allowed=spec.licences),
    )


def opt_out(entries: OptOuts) -> Step:
    """Drops what `entries` cover by id, parent or url, reason `opted-out`."""

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        reason = pl.when(entries.marks(frame)).then(pl.lit(OPTED_OUT)).otherwise(None)
        return frame.with_columns(reason.cast(pl.String).alias(DROPPED))

    return Step(name="opt-out", version=1, apply=apply)


def reservation(*, honour: bool) -> Step:
    """Drops documents whose rights are reserved against mining, reason `rights-reserved`.

    Directive (EU) 2019/790, article 4(3). `tdm-reservation: 0` reserves nothing; its
    bare name does, as readers write it, and so does a policy: it says under which terms alone.
    """

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        if RESERVATION not in frame.columns:
            frame = frame.with_columns(pl.lit(None, pl.String).alias(RESERVATION))
        stated = pl.col(RESERVATION).fill_null("")
        reserved = stated.str.contains(_RESERVED) | (
            stated.str.contains(_MINING) & ~stated.str.contains(_NOT_RESERVED)
        )
        reason = pl.when(reserved & pl.lit(honour)).then(pl.lit(RIGHTS_RESERVED)).otherwise(None)
        return frame.with_columns(reason.cast(pl.String).alias(DROPPED))

    return Step(name="reservation", version=1, apply=apply)


def licence(*, allow_unknown: bool, allowed: Sequence[str] = ()) -> Step:
    """Writes licences as SPDX, what was stated beside them, and drops what is not allowed.

    Reasons `licence-unknown`, `licence-not-spdx` (both stay as `LicenseRef-unknown` where
    `allow_unknown`), and `licence-not-allowed` where no pattern of `allowed` covers it.
    """

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        # Few distinct licences, many rows: Python sees each once.
        stated = pl.col("licence").fill_null("")
        distinct = frame.select(stated).to_series().unique().to_list()
        judged = {text: _judged(text, allow_unknown, allowed) for text in distinct}
        written = {text: expression for text, (expression, _) in judged.items()}
        reasons = {text: reason for text, (_, reason) in judged.items()}
        differs = {text: text or None if text != written[text] else None for text in distinct}
        return frame.with_columns(
            stated.replace_strict(written, return_dtype=pl.String),
            stated.replace_strict(differs, return_dtype=pl.String).alias(STATED),
            stated.replace_strict(reasons, return_dtype=pl.String).alias(DROPPED),
        )

    return Step(name="licence", version=2, apply=apply)


def _judged(stated: str, allow_unknown: bool, allowed: Sequence[str]) -> tuple[str, str | None]:
    """(the expression to write, the reason to drop it)."""
    expression = None if stated_none(stated) else spdx_expression(stated)
    if expression is None or expression == UNKNOWN_LICENCE:
        reason = LICENCE_UNKNOWN if stated_none(stated) else LICENCE_NOT_SPDX
        return UNKNOWN_LICENCE, None if allow_unknown else reason
    return expression, None if licence_allowed(expression, allowed) else LICENCE_NOT_ALLOWED
