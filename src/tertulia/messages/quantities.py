"""Numbers as people read them: `7.1 M`, `1.4 GB`, `3 min 20 s`."""

from __future__ import annotations

_STEPS = ("", "k", "M", "G", "T", "P", "E")


def count_text(count: float) -> str:
    """A number of things, to two figures after the point from a thousand up."""
    number, prefix = _scaled(count)
    return f"{number:.4g} {prefix}".rstrip()


def measure_text(amount: float, unit: str) -> str:
    """An amount of a unit that takes prefixes, to three figures: `1.23 TFLOP/s`."""
    number, prefix = _scaled(amount)
    return f"{number:.3g} {prefix}{unit}"


def bytes_text(size: float) -> str:
    """A size in decimal units, as disks are sold and as memory is planned here."""
    return measure_text(size, "B")


def seconds_text(seconds: float) -> str:
    """A duration: tenths below a minute, then minutes, then hours."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def _scaled(number: float) -> tuple[float, str]:
    step = 0
    while abs(number) >= 1000 and step < len(_STEPS) - 1:
        number /= 1000
        step += 1
    return number, _STEPS[step]
