"""Numbers as the reader's language writes them, with their intervals."""

from __future__ import annotations

from tertulia.discover.outcome import Interval
from tertulia.messages import language
from tertulia.messages.quantities import seconds_text

NOTHING = "\N{EN DASH}"
_GROUP = "\N{NARROW NO-BREAK SPACE}"


def number(value: float | None, digits: int = 1) -> str:
    """`value` with a fixed number of decimals; a dash where there is none."""
    if value is None:
        return NOTHING
    text = f"{value:,.{digits}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    text = text.replace(",", _GROUP).replace("-", "\N{MINUS SIGN}")
    return text if language() == "en" else text.replace(".", ",")


def percent(part: int, whole: int) -> str:
    """A share in whole percent; a dash where there is nothing to take it of."""
    return f"{number(100 * part / whole, 0)}\N{NO-BREAK SPACE}%" if whole else NOTHING


def interval(one: Interval | None, digits: int = 1) -> str:
    """`-1.2 [-3.0, 0.6]`: a value with the interval that holds it with 90 %."""
    if one is None:
        return NOTHING
    between = ",\N{NO-BREAK SPACE}" if language() == "en" else ";\N{NO-BREAK SPACE}"
    ends = f"{number(one.low, digits)}{between}{number(one.high, digits)}"
    return f"{number(one.value, digits)} [{ends}]"


def duration(seconds: float) -> str:
    """`1.5 s`, `3 min 20 s` or `2 h 5 min`."""
    text = seconds_text(seconds)
    return text if language() == "en" else text.replace(".", ",")
