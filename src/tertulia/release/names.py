"""Names of released models: FAMILY-SIZE-STAGE-vMAJOR.MINOR."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tertulia.errors import ModelError

ReleaseKind = Literal["base", "instruct"]

_NAME = re.compile(r"([a-z][a-z0-9]*)-([a-z0-9]+)-(base|instruct)-v(\d+\.\d+)")


@dataclass(frozen=True, kw_only=True)
class ModelName:
    """A release name in its parts; `str()` puts it together."""

    family: str
    size: str
    kind: ReleaseKind
    version: str
    """MAJOR.MINOR without the `v`."""

    def __str__(self) -> str:
        return f"{self.family}-{self.size}-{self.kind}-v{self.version}"

    @classmethod
    def parse(cls, text: str) -> ModelName:
        """Takes a name apart; raises ModelError `release.name` for another form."""
        match = _NAME.fullmatch(text)
        if match is None:
            raise ModelError(
                "release.name",
                f"'{text}' is not a release name",
                remedy="Write it as FAMILY-SIZE-STAGE-vMAJOR.MINOR: tertulia-7m-instruct-v0.1",
            )
        kind: ReleaseKind = "base" if match[3] == "base" else "instruct"
        return cls(family=match[1], size=match[2], kind=kind, version=match[4])


def size_label(parameters: int) -> str:
    """What a size is called that no recipe named: 134,515,008 parameters are `135m`."""
    billions = parameters / 1e9
    return f"{round(billions)}b" if billions >= 1 else f"{max(1, round(parameters / 1e6))}m"
