"""What a constraint says of an acid: whether it passes, by which code, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tertulia.messages import mark, tr

_PASSED = mark("Nothing that this constraint forbids was found.")
_WAIVED = mark("{finding} The brief allows it.")


class Term(str):
    """A name within a sentence that is looked up in the catalogue with it; written with `mark`."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One finding of one constraint, or that it found nothing.

    One that passes with a code is a remark: something that a chemist is to check, or that the
    brief allows. `text` is in the language of whoever reads it, `message` in the source's.
    """

    constraint: str
    passed: bool
    code: str | None = None
    message: str = _PASSED
    fields: tuple[tuple[str, str], ...] = ()
    waived: bool = False

    @property
    def text(self) -> str:
        """The sentence, in the reader's language."""
        fields = {
            name: tr(value) if isinstance(value, Term) else value for name, value in self.fields
        }
        sentence = tr(self.message, **fields)
        return tr(_WAIVED, finding=sentence) if self.waived else sentence


def found(
    constraint: str, code: str, message: str, /, *, forbids: bool = True, **fields: object
) -> Verdict:
    """A finding; with `forbids` false a remark. Fields that are no `Term` are shown as they are."""
    kept = tuple(
        (name, value if isinstance(value, str) else str(value)) for name, value in fields.items()
    )
    return Verdict(
        constraint=constraint, passed=not forbids, code=code, message=message, fields=kept
    )


def verdicts(constraint: str, findings: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The findings of a constraint, or the one verdict that there are none."""
    return tuple(findings) or (Verdict(constraint=constraint, passed=True),)
