"""Lists the most frequent words of each language, for the hand that picks function words.

python -m scripts.quality.function_words CORPUS [--shared FILE]

Prints, per language, the words that are frequent in most registers: the geometric mean of their
share over registers, so that one register's subject cannot carry a word.

With `--shared` it writes, per language, the words of other languages' lists that the language
itself uses: more than once in 20,000 words in the median register, or in any two registers more
than once in 2,000. They tell no neighbour. (Valencian and Catalan stand for each other too.)
"""

from __future__ import annotations

import re
import sys
import textwrap
import tomllib
from collections import Counter, defaultdict
from math import exp, log
from pathlib import Path
from statistics import median

from scripts.quality.corpora import MEBIBYTE, registers, texts
from tertulia.languages import LANGUAGES

FOLDER = Path(__file__).parents[2] / "src" / "tertulia" / "shipped" / "quality"
HEAD = """\
# Written by scripts/quality/function_words.py: words on other languages' lists that a language
# uses itself, so that they tell no neighbour. Single words without their counts; CC0-1.0.
"""
SHOWN = 130
_FLOOR = 1e-6
_MEDIAN, _HIGH = 1 / 20_000, 1 / 2_000


def register_shares(corpus: Path) -> dict[str, list[dict[str, float]]]:
    """Language to one table per register of over 5,000 words: word to its share there."""
    shares: dict[str, list[dict[str, float]]] = defaultdict(list)
    for register in registers(corpus):
        counts: Counter[str] = Counter()
        for text in texts(register, MEBIBYTE):
            counts.update(re.findall(r"[^\W\d_]+(?:·[^\W\d_]+)*", text.lower()))
        total = counts.total()
        if total > 5000:
            shares[register.language].append({w: n / total for w, n in counts.items()})
    return shares


def frequencies(parts: list[dict[str, float]]) -> dict[str, float]:
    """Geometric mean over registers of each word's share."""
    known = {word for part in parts for word, value in part.items() if value > 1e-4}
    return {
        word: exp(sum(log(part.get(word, 0) + _FLOOR) for part in parts) / len(parts))
        for word in known
    }


def used_here(word: str, parts: list[dict[str, float]]) -> bool:
    """Whether registers of a language show `word` to be one of its own."""
    found = sorted((part.get(word, 0.0) for part in parts), reverse=True)
    return median(found) > _MEDIAN or (len(found) > 1 and found[1] > _HIGH)


def shared_words(shares: dict[str, list[dict[str, float]]]) -> dict[str, list[str]]:
    """Per language, words of the other lists that it uses itself."""
    lists = {tag: shipped_list(f"{tag}.words") for tag in LANGUAGES}
    others = tomllib.loads((FOLDER / "neighbours.toml").read_text(encoding="utf-8"))
    everything = {word for words in lists.values() for word in words}
    everything |= {word for words in others["function_words"].values() for word in words.split()}
    family = {"ca": ["ca", "ca-valencia"], "ca-valencia": ["ca", "ca-valencia"]}
    return {
        tag: sorted(
            word
            for word in everything - set(lists[tag])
            if any(used_here(word, shares[kin]) for kin in family.get(tag, [tag]))
        )
        for tag in LANGUAGES
    }


def shipped_list(name: str) -> list[str]:
    """The function words of a shipped list."""
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["function_words"].split())


def main() -> None:
    shares = register_shares(Path(sys.argv[1]))
    if "--shared" in sys.argv:
        lines = [HEAD, "[words]"]
        for tag, words in shared_words(shares).items():
            wrapped = textwrap.fill(" ".join(words), 98)
            lines.append(f'"{tag}" = """\n{wrapped}\n"""')
        Path(sys.argv[-1]).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    for language, parts in shares.items():
        words = frequencies(parts)
        print(f"\n{language}: " + " ".join(sorted(words, key=lambda w: -words[w])[:SHOWN]))


if __name__ == "__main__":
    main()
