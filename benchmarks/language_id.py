"""Language identification beside other detectors, on lines fixed before anything was tuned.

    python -m benchmarks.language_id --data DATA --packages FOLDER [--skip-variety]

The lines are those of language_id/test_lines.json, rebuilt from the data and compared by digest.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from benchmarks.machine_words import machine_words
from benchmarks.results_file import write_section
from scripts.language_id.calibrate import calibration_error
from scripts.language_id.reading import digest_of
from scripts.language_id.sentences import Sets, sentence_sets
from scripts.language_id.test_lines import FIXED
from scripts.language_id.variety_documents import SHORTEST, gazette_test, variety_documents
from scripts.language_id.variety_training import left_out_accuracy
from tertulia.corpus.language_id import identify
from tertulia.corpus.language_id.identify import scorer
from tertulia.corpus.language_id.model import shipped_model

FOUR = ("es", "ca", "eu", "gl")
SHORT = 5
"""Words of the short variant."""
REPEATS = 5
LENGTHS = (SHORTEST, 2000, 5000)
"""Characters that a document has at least."""

DOCUMENTATION = Path(__file__).parents[1] / "docs" / "language-id.md"

Detector = Callable[[Sequence[str]], list[str]]

_CODES = "spa:es cat:ca eus:eu glg:gl por:pt oci:oc arg:an fra:fr ita:it eng:en lat:la ast:ast"
_ISO = dict(pair.split(":") for pair in _CODES.split(" "))


def detectors() -> dict[str, Detector]:
    """Ours and those that are installed and know Galician; a missing one is left out."""
    found: dict[str, Detector] = {"tertulia": lambda lines: identify(lines).tags}
    if find_spec("heliport"):
        import heliport

        heli = heliport.Identifier()
        found["heliport"] = lambda lines: [
            _ISO.get((heli.identify(x) or "")[:3], "?") for x in lines
        ]
    if find_spec("py3langid"):
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        every = LanguageIdentifier.from_model_file(MODEL_FILE)
        few = LanguageIdentifier.from_model_file(MODEL_FILE)
        few.set_languages(["es", "ca", "eu", "gl", "pt", "en", "fr", "it", "oc", "an", "la"])
        found["py3langid"] = lambda lines: [every.classify(line)[0] for line in lines]
        found["py3langid, our languages"] = lambda lines: [few.classify(line)[0] for line in lines]
    if find_spec("gcld3"):
        import gcld3

        cld = gcld3.NNetLanguageIdentifier(0, 1000)
        found["cld3"] = lambda lines: [cld.FindLanguage(text=line).language for line in lines]
    return found


class Scores:
    """What one detector says of all sets."""

    def __init__(self, sets: Sets, detector: Detector, words: int | None) -> None:
        self.confusion: dict[tuple[str, str], int] = {}
        self.by_set: dict[tuple[str, str], float] = {}
        for (name, language), lines in sets.items():
            cut = [" ".join(line.split()[:words]) for line in lines] if words else lines
            tags = detector(cut)
            for tag in tags:
                key = (language, tag)
                self.confusion[key] = self.confusion.get(key, 0) + 1
            right = sum(tag == language for tag in tags)
            self.by_set[name, language] = 100 * right / max(len(tags), 1)

    def accuracy(self, language: str) -> float:
        """Per cent of the language's lines that were given its tag."""
        every = sum(n for (own, _), n in self.confusion.items() if own == language)
        return 100 * self.confusion.get((language, language), 0) / every

    def f1(self, *, all_lines: bool) -> float:
        """Macro-F1 over the four, in per cent, on their own lines or on all.

        On all lines, a detector without a neighbour pays for calling it one of the four.
        """
        values = []
        counted = {k: n for k, n in self.confusion.items() if all_lines or k[0] in FOUR}
        for language in FOUR:
            own = sum(n for (o, _), n in counted.items() if o == language)
            said = sum(n for (_, t), n in counted.items() if t == language)
            values.append(200 * counted.get((language, language), 0) / (own + said))
        return statistics.fmean(values)


def speed(lines: Sequence[str], detector: Detector) -> tuple[float, float]:
    """Lines per second of processor time on one core, median and worst of the repeats.

    Ours remembers words, so each repeat begins with an empty memory, sees one half of the lines
    untimed and is timed on the other.
    """
    before, timed = lines[::2], lines[1::2]
    rates = []
    for _ in range(REPEATS):
        scorer.cache_clear()
        detector(before)
        start = time.process_time()
        detector(timed)
        rates.append(len(timed) / (time.process_time() - start))
    return statistics.median(rates), min(rates)


def accuracy_table(sets: Sets, found: dict[str, Detector], words: int | None) -> tuple[str, Scores]:
    """A Markdown table with a row for each detector, and our own scores."""
    languages = sorted({language for _, language in sets}, key=_place)
    head = f"| detector | F1, lines of the four | F1, all lines | {' | '.join(languages)} |\n"
    rows = [head, f"| --- |{' ---: |' * (len(languages) + 2)}\n"]
    scores = {name: Scores(sets, detector, words) for name, detector in found.items()}
    for name, each in scores.items():
        cells = " | ".join(f"{each.accuracy(language):.2f}" for language in languages)
        f1 = f"{each.f1(all_lines=False):.2f} | {each.f1(all_lines=True):.2f}"
        rows.append(f"| {name} | {f1} | {cells} |\n")
    return "".join(rows), scores["tertulia"]


def _place(language: str) -> int:
    return (*shipped_model().languages, "?").index(language)


def confusion_table(scores: Scores) -> str:
    """Rows are what a line is in, columns what it was called."""
    tags = shipped_model().languages
    rows = [f"| | {' | '.join(tags)} |\n", f"| --- |{' ---: |' * len(tags)}\n"]
    for language in tags:
        counts = [scores.confusion.get((language, tag), 0) for tag in tags]
        if any(counts):
            rows.append(f"| {language} | {' | '.join(map(str, counts))} |\n")
    return "".join(rows)


def calibration(sets: Sets) -> float:
    """Expected calibration error on the lines of the four, in full and cut short."""
    sure: list[np.ndarray] = []
    right: list[bool] = []
    for (_, language), lines in sets.items():
        if language in FOUR:
            for words in (None, SHORT):
                found = identify([" ".join(x.split()[:words]) for x in lines])
                sure.append(found.confidences.astype(np.float64))
                right += [tag == language for tag in found.tags]
    return calibration_error(np.concatenate(sure), np.array(right))


def variety_tables(data: Path) -> str:
    """Documents called by their variety, at several lengths, the family left out of training."""
    parts = []
    for shortest in LENGTHS:
        tests = variety_documents(data, shortest)
        if shortest == SHORTEST:
            tests["gazette-test", "ca-valencia"] = gazette_test(data)
        tests = {key: texts for key, texts in tests.items() if texts}
        title = f"| {shortest:,} to {3 * shortest:,} characters | documents | ca | ca-valencia |\n"
        parts.append(title + "| --- | ---: | ---: | ---: |\n" + _rows(data, tests))
    return "\n".join(parts)


def _rows(data: Path, tests: dict[tuple[str, str], list[str]]) -> str:
    shares = left_out_accuracy(data, tests)
    rows = []
    for family in dict.fromkeys(name for name, _ in tests):
        cells = [
            f"{100 * shares[f'{family} {v}']:.1f}" if (family, v) in tests else ""
            for v in ("ca", "ca-valencia")
        ]
        count = len(tests[family, "ca-valencia"])
        rows.append(f"| {family} | {count} | {' | '.join(cells)} |\n")
    means = []
    for variety in ("ca", "ca-valencia"):
        keys = [key for key in tests if key[1] == variety]
        right = sum(shares[" ".join(key)] * len(tests[key]) for key in keys)
        means.append(f"{100 * right / sum(len(tests[key]) for key in keys):.1f}")
    return "".join(rows) + f"| all | | {' | '.join(means)} |\n"


def check_fixed(sets: Sets) -> None:
    """Stops where the lines are not those that were fixed."""
    fixed = json.loads(FIXED.read_text(encoding="utf-8"))["sentences"]
    found = {f"{name} {tag}": digest_of(lines) for (name, tag), lines in sets.items() if lines}
    if found != {name: each["sha256"] for name, each in fixed.items()}:
        raise SystemExit("the test lines are not the fixed ones")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--skip-variety", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    machine = machine_words()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sets = sentence_sets(options.data, options.packages)
    check_fixed(sets)
    found = detectors()
    full, ours = accuracy_table(sets, found, None)
    short, _ = accuracy_table(sets, found, SHORT)
    sample = [line for lines in sets.values() for line in lines if len(line) <= 160]
    rates = {name: speed(sample, detector) for name, detector in found.items()}
    worst = sorted((value, key) for key, value in ours.by_set.items() if key[1] in FOUR)[:5]
    parts = [
        "## Language identification\n",
        f"{sum(map(len, sets.values())):,} sentences of more than 40 characters, in {len(sets)}"
        " sets, none of which we trained on (of the others' training we do not know); learning"
        " rate, epochs and the weight of neighbours were chosen by looking at them. Macro-F1 over"
        " es, ca, eu and gl; then per cent right. Valencian counts as ca. The Asturian and"
        " Aragonese sets hold lines that were left in English.\n",
        full,
        f"\nTheir first {SHORT} words:\n",
        short,
        "\nOur worst sets of the four languages: "
        + ", ".join(f"{name} {tag} {value:.1f}" for value, (name, tag) in worst)
        + f". Expected calibration error, whole and cut short: {calibration(sets):.4f}.\n",
        "\nConfusion, whole sentences; a row is the language of a line, a column what it is"
        " called:\n",
        confusion_table(ours),
        "\nSentences per second of processor time on one pinned core, "
        f"{statistics.fmean(map(len, sample)):.0f} characters on average"
        f" (median and worst of {REPEATS}, on lines not seen before):\n",
        "| detector | median | worst |\n| --- | ---: | ---: |\n"
        + "".join(f"| {name} | {a:,.0f} | {b:,.0f} |\n" for name, (a, b) in rates.items()),
    ]
    if not options.skip_variety:
        parts += [
            "\nValencian against other Catalan, per cent of documents right with the source and"
            " every other that shares text with it left out of training. The first table's"
            " documents were fixed beforehand and are as short as may be:\n",
            variety_tables(options.data),
        ]
    parts.append(
        f"\n- Command: `python -m benchmarks.language_id --data DATA --packages FOLDER`\n"
        f"- Machine: {machine}, shared with other work\n"
    )
    body = "\n".join(parts)
    write_section("language-id", body)
    write_section("language-id-confusion", confusion_table(ours), DOCUMENTATION)
    print(body)


if __name__ == "__main__":
    main()
