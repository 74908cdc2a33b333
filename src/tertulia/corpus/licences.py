"""Licences as SPDX expressions: the usual other spellings read, patterns matched.

The list of identifiers is SPDX's own, as `packaging` carries it. A version is never guessed:
"CC-BY-SA" alone is no licence, and "A / B" does not say whether one or both apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from tertulia.corpus.document import UNKNOWN_LICENCE

PUBLIC_DOMAIN = "LicenseRef-public-domain"
"""SPDX has no identifier for it; it is what the shipped corpora write."""

_STATED_NONE = ("", "unknown", "noassertion", "none", UNKNOWN_LICENCE.lower())
"""What sources write where they know none; NOASSERTION and NONE are SPDX."""

_LONGEST = 500
"""Characters; what is longer is a licence's text, and not worth parsing."""

_OPERATOR = re.compile(r"\s+(AND|OR)\s+|([()])", re.IGNORECASE)
_LATER = re.compile(
    r",?\s+or\s+(?:\(at your option\)\s+)?(?:any\s+)?(?:later|newer)(?:\s+version)?s?",
    re.IGNORECASE,
)
_VERSION = r"(?:,?[\s-]*(?:v\.?|ver\.?|version)?[\s-]*)"
_CC_ADDRESS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)"
    r"(?:/([a-z]{2,3})\b)?.*",
    re.IGNORECASE,
)
_CC = re.compile(
    r"(?:cc|creative\s+commons)[\s-]*((?:by|attribution)(?:[\s-]*(?:nc|noncommercial|"
    r"non-commercial|sa|sharealike|share-alike|nd|noderivatives|noderivs))*)"
    rf"{_VERSION}(\d\.\d)(?:[\s-]+(?:international|intl|unported|generic|([a-z]{{2,3}})))?"
    r"(?:\s+licen[cs]e)?",
    re.IGNORECASE,
)
_CC_WORDS = re.compile(r"by|attribution|nc|non-?commercial|sa|share-?alike|nd|no-?deriv", re.I)
_CC_LONG = {"attr": "by", "nonc": "nc", "non-": "nc", "shar": "sa", "node": "nd", "no-d": "nd"}
_GNU = re.compile(
    r"(?:the\s+)?(?:gnu\s+)?(agpl|lgpl|gpl|gfdl|fdl|affero\s+general\s+public\s+licen[cs]e|"
    r"lesser\s+general\s+public\s+licen[cs]e|general\s+public\s+licen[cs]e|"
    rf"free\s+documentation\s+licen[cs]e){_VERSION}(\d)(?:\.(\d))?(?:\.0)?(\s*\+|-only|-or-later)?",
    re.IGNORECASE,
)
_GNU_NAMES = {"agpl": "AGPL", "lgpl": "LGPL", "gpl": "GPL", "gfdl": "GFDL", "fdl": "GFDL",
              "affero": "AGPL", "lesser": "LGPL", "general": "GPL", "free": "GFDL"}  # fmt: skip
_OTHERS = tuple(
    (re.compile(pattern, re.IGNORECASE), spdx)
    for pattern, spdx in (
        (r"cc[\s-]*(?:0|zero)(?:[\s-]*v?1(?:\.0)?)?(?:\s+universal)?", "CC0-1.0"),
        (rf"(?:the\s+)?(?:apache|asl)(?:\s+(?:software\s+)?licen[cs]e)?{_VERSION}2(?:\.0)?",
         "Apache-2.0"),
        (r"(?:the\s+)?(?:mit|expat)(?:[\s-]+licen[cs]e)?", "MIT"),
        (r"(?:the\s+)?(?:bsd[\s-]*3(?:[\s-]*clauses?)?|(?:3|three)[\s-]*clause[\s-]*bsd|"
         r"(?:new|modified)\s+bsd)(?:[\s-]+licen[cs]e)?", "BSD-3-Clause"),
        (r"(?:the\s+)?(?:bsd[\s-]*2(?:[\s-]*clauses?)?|(?:2|two)[\s-]*clause[\s-]*bsd|"
         r"simplified\s+bsd)(?:[\s-]+licen[cs]e)?", "BSD-2-Clause"),
        (rf"(?:mpl|mozilla\s+public\s+licen[cs]e){_VERSION}2(?:\.0)?", "MPL-2.0"),
        (rf"(?:eupl|european\s+union\s+public\s+licen[cs]e){_VERSION}1\.2", "EUPL-1.2"),
        (rf"odbl{_VERSION}1(?:\.0)?", "ODbL-1.0"),
        (rf"odc[\s-]*by{_VERSION}1(?:\.0)?", "ODC-By-1.0"),
        (r"(?:cc[\s-]*)?(?:public\s+domain\s+mark|pdm)(?:[\s-]*1(?:\.0)?)?", "CC-PDM-1.0"),
        (r"public[\s-]+domain", PUBLIC_DOMAIN),
    )
)  # fmt: skip


_UNKNOWN_OPENNESS = 6
_OPENNESS = (
    # The first that fits decides: no commerce before share-alike, share-alike before attribution.
    (r"cc-by-(?:\w+-)*n[cd]-|cc-by-n[cd]", 4),
    (r"cc-by-sa|a?gpl|gfdl|odbl|eupl|osl", 3),
    (r"lgpl|mpl|epl|cddl", 2),
    (r"cc0|cc-pdm|public-domain|pddl|unlicense|0bsd|mit-0", 0),
    (r"cc-by|odc-by|mit|apache|bsd|isc|zlib|python|psf|zpl|x11|ofl", 1),
)


def stated_none(stated: str | None) -> bool:
    """Whether a source says in so many words, or by silence, that it knows of no licence."""
    return (stated or "").strip().lower() in _STATED_NONE


def spdx_expression(stated: str) -> str | None:
    """The SPDX expression that `stated` means; None where it is none and none can be made of it.

    Deprecated GNU identifiers become `-only` or `-or-later`, as SPDX replaced them.
    """
    if len(stated) > _LONGEST:
        return None
    text = " ".join(stated.split()).rstrip(" .;=")
    parts = [part for part in _OPERATOR.split(_LATER.sub("+", text)) if part and part.strip()]
    written = []
    for part in parts:
        atom = part if part.upper() in ("AND", "OR", "(", ")") else _atom(part.strip())
        if atom is None:
            return None
        written.append(atom)
    return _canonical(" ".join(written))


def licence_allowed(expression: str, patterns: Sequence[str]) -> bool:
    """Whether patterns such as `CC-BY-*` cover an expression: of OR one side, of AND both.

    An exception (`WITH …`) gives rights and takes none, so the licence alone may match. Case
    does not count. No pattern at all allows everything.
    """
    if not patterns:
        return True
    wanted = [pattern.lower() for pattern in patterns]

    def refused(names: Sequence[str]) -> int:
        return not any(fnmatchcase(n.lower(), pattern) for n in names for pattern in wanted)

    return not _Expression(expression, refused).either()


def openness(expression: str) -> int:
    """How free a text is under an SPDX expression: 0 the freest, 6 where nothing is known.

    0 public domain, 1 attribution, 2 copyleft of a file, 3 share-alike, 4 no commerce or no
    changes, 5 a licence outside of this list. Of OR the freer side counts, of AND the other.
    """
    if expression == UNKNOWN_LICENCE or _canonical(expression) is None:
        return _UNKNOWN_OPENNESS
    return _Expression(expression, lambda names: _openness(names[0])).either()


def _openness(name: str) -> int:
    lower = name.lower().removeprefix("licenseref-")
    found = (rank for pattern, rank in _OPENNESS if re.match(pattern, lower))
    return next(found, _UNKNOWN_OPENNESS if name == UNKNOWN_LICENCE else 5)


class _Expression:
    """Recursive descent over a valid expression; AND binds closer than OR.

    `leaf` ranks a licence, the lower the better, by its names (alone, and with its exception).
    """

    def __init__(self, expression: str, leaf: Callable[[Sequence[str]], int]) -> None:
        self._tokens = expression.replace("(", " ( ").replace(")", " ) ").split()[::-1]
        self._leaf = leaf

    def either(self) -> int:
        result = self._both()
        while self._take("OR"):
            result = min(result, self._both())
        return result

    def _both(self) -> int:
        result = self._one()
        while self._take("AND"):
            result = max(result, self._one())
        return result

    def _one(self) -> int:
        if self._take("("):
            result = self.either()
            self._take(")")
            return result
        name = self._tokens.pop()
        return self._leaf(
            [name, f"{name} WITH {self._tokens.pop()}"] if self._take("WITH") else [name]
        )

    def _take(self, token: str) -> bool:
        if not self._tokens or self._tokens[-1].upper() != token:
            return False
        self._tokens.pop()
        return True


def _atom(text: str) -> str | None:
    """One licence of an expression, with an exception where it has one."""
    gnu = _GNU.fullmatch(text)
    if gnu is not None:
        return _gnu(gnu)
    if _canonical(text) is not None:
        return text
    address = _CC_ADDRESS.fullmatch(text)
    if address is not None:
        return _of_address(*address.groups())
    cc = _CC.fullmatch(text)
    if cc is not None:
        return _cc("-".join(map(_cc_word, _CC_WORDS.findall(cc[1]))), cc[2], cc[3])
    return next((spdx for pattern, spdx in _OTHERS if pattern.fullmatch(text)), None)


def _gnu(match: re.Match[str]) -> str:
    name = _GNU_NAMES[match[1].split()[0].lower()]
    minor = match[3] or "0"
    suffix = {"+": "-or-later", "-or-later": "-or-later"}.get((match[4] or "").strip().lower())
    return f"{name}-{match[2]}.{minor}{suffix or '-only'}"


def _of_address(kind: str, name: str, version: str, port: str | None) -> str | None:
    if kind.lower() == "publicdomain":
        return {"zero": "CC0-1.0", "mark": "CC-PDM-1.0"}.get(name.lower())
    return _cc(name, version, port)


def _cc(kind: str, version: str, port: str | None) -> str:
    """A Creative Commons licence; SPDX lists few of those adapted to a country's law."""
    name = f"CC-{kind.upper()}-{version}"
    ported = f"{name}-{port.upper()}" if port else name
    return ported if not port or _canonical(ported) else f"LicenseRef-{ported}"


def _cc_word(word: str) -> str:
    return _CC_LONG.get(word.lower()[:4], word.lower())


def _canonical(expression: str) -> str | None:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        return None
