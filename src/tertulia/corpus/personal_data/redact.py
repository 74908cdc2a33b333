"""Replaces personal data by placeholders: `[DNI]`, `[PHONE]`, `[POSTAL-ADDRESS]`.

A placeholder is the kind in capitals between square brackets, the same in every language: ASCII,
legible in plain text, Markdown and HTML alike, and unlike the special tokens `<|…|>` of a chat.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tertulia.corpus.personal_data.find import detectors_of, find_with
from tertulia.corpus.personal_data.finding import KINDS, Detector, Finding
from tertulia.recipe.personal_data_spec import PersonalDataSpec


def placeholder(kind: str) -> str:
    """What stands in a text for personal data of this kind."""
    return f"[{kind.upper()}]"


def kinds_of(spec: PersonalDataSpec) -> tuple[str, ...]:
    """The kinds that `spec` wants replaced, in the order of `KINDS`."""
    return tuple(kind for kind in KINDS if kind in spec.replace or (kind == "name" and spec.names))


def redact(text: str, spec: PersonalDataSpec) -> tuple[str, dict[str, int]]:
    """The text with placeholders, and how many of each kind were put in.

    Redacting twice changes nothing more: a replacement may lay bare a number that its neighbour
    hid, so finding goes on until nothing is found.
    """
    return redact_with(detectors_of(kinds_of(spec)), text)


def redact_with(detectors: Collection[Detector], text: str) -> tuple[str, dict[str, int]]:
    """As `redact`, with the detectors themselves."""
    counts: dict[str, int] = {}
    # Every round takes away characters that no placeholder brings back, so this ends.
    while findings := find_with(detectors, text):
        text = _replaced(text, findings)
        for finding in findings:
            counts[finding.kind] = counts.get(finding.kind, 0) + 1
    return text, counts


def _replaced(text: str, findings: Iterable[Finding]) -> str:
    parts, last = [], 0
    for finding in findings:
        parts += [text[last : finding.start], placeholder(finding.kind)]
        last = finding.end
    return "".join(parts) + text[last:]
