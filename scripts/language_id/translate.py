"""Translates everyday sentences into the neighbours that packages hold little everyday text of.

    python -m scripts.language_id.translate --data DATA --packages FOLDER

Needs apertium with apertium-spa-arg, -spa-ast, -es-oc and -pt-gl. A sentence with a word that the
translator does not know is left out: it would keep that word in the language it comes from. The
result lies in FOLDER/translated and is training text only; no test line is translated.
"""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from scripts.language_id.reading import by_digest, corpus_lines

_MODES = {"an": "spa-arg", "ast": "spa-ast", "oc": "es-oc", "pt": "gl-pt"}
_SOURCES = {
    "es": ("tatoeba-spa", "parlamint-es", "common-voice-sentences"),
    "gl": ("nos-cc0-samples", "parlamint-es-ga", "common-voice-sentences"),
}
_MOST = 20_000
"""Sentences of one source."""


def originals(data: Path, language: str) -> list[str]:
    """Sentences of 20 to 220 characters, drawn by digest."""
    found: list[str] = []
    for source in _SOURCES[language]:
        lines = corpus_lines(data, language, source)
        found += by_digest([line for line in lines if 20 <= len(line) <= 220])[:_MOST]
    return found


def translate(lines: list[str], mode: str) -> list[str]:
    """The translations, one a line, without those that hold an unknown word."""
    text = "".join(f"{line.replace('*', ' ')}\n" for line in lines)
    # Sentences without a full stop would otherwise run into the next line.
    done = subprocess.run(
        ["apertium", "-f", "line", mode], input=text, capture_output=True, text=True, check=True
    )
    marks = "*@#"
    return [line for line in done.stdout.splitlines() if not any(m in line for m in marks)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--packages", type=Path, required=True)
    options = parser.parse_args()
    folder = options.packages / "translated"
    folder.mkdir(exist_ok=True)
    for language, mode in _MODES.items():
        source = "gl" if mode.startswith("gl") else "es"
        lines = translate(originals(options.data, source), mode)
        (folder / f"{language}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(language, len(lines))


if __name__ == "__main__":
    main()
