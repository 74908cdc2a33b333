"""Tokens per word of our 32k and 64k builds beside other projects' tokenizers, on the same lines.

python -m benchmarks.tokenizer_fertility DATA PEERS [--work DIR]

DATA holds `corpus/` and the files of tokenizer_texts.json, PEERS the packages that
tokenizer_peers.py names. Words are what stands between blanks; each line is encoded by itself,
without special tokens.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.results_file import write_section
from benchmarks.tokenizer_build import RECIPES, build, count, write_corpus
from benchmarks.tokenizer_peers import peers
from benchmarks.tokenizer_texts import EvaluationText, evaluation_texts
from tertulia.tokenizer.metrics import bsc_words, measure
from tertulia.tokenizer.opened import OpenedTokenizer, open_tokenizer

_LANGUAGES = ("es", "ca", "ca-valencia", "eu", "gl")
_PARALLEL = ("truthfulqa", "udhr")
_Figures = dict[EvaluationText, dict[str, object]]


def main() -> None:
    arguments = _arguments()
    lines = {text: text.lines(arguments.data) for text in evaluation_texts("final")}
    measured: dict[str, _Figures] = {}
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        corpus = Path(folder)
        write_corpus(arguments.data, corpus)
        counts = count(corpus)
        for vocabulary in RECIPES:
            build(counts, vocabulary).save(corpus / str(vocabulary))
            ours = open_tokenizer(corpus / str(vocabulary))
            measured[f"**tertulia {vocabulary // 1024}k**"] = _figures(ours, lines)
    for name, tokenizer in peers(arguments.peers):
        measured[name] = _figures(tokenizer, lines)
    body = _report(measured, lines)
    print(body)
    write_section("tokenizer-fertility", body)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("peers", type=Path)
    parser.add_argument("--work", type=Path)
    return parser.parse_args()


def _figures(tokenizer: OpenedTokenizer, lines: Mapping[EvaluationText, list[str]]) -> _Figures:
    return {text: measure(tokenizer, some) for text, some in lines.items()}


def _report(measured: Mapping[str, _Figures], lines: Mapping[EvaluationText, list[str]]) -> str:
    texts = sorted(lines, key=lambda text: (_LANGUAGES.index(text.language), text.name))
    words = {text: sum(len(line.split()) for line in lines[text]) for text in texts}
    parts = [
        "## Tokenizers: tokens per word",
        "Tokens per whitespace-separated word on text that no tokenizer here was built from "
        "knowingly; lines one at a time. A language's column is the plain mean of its texts, "
        "DOGV (a gazette) apart where there is another. Parity is the most tokens over the fewest "
        "for the same text in es, ca, eu and gl: TruthfulQA / UDHR.",
        _table(
            ["tokenizer", *_LANGUAGES, "es DOGV", "worst text", "parity"],
            [[name, *_summary(figures)] for name, figures in measured.items()],
        ),
        "Each text by itself:",
        _table(
            ["tokenizer", *(f"{text.language} {text.name} ({words[text]})" for text in texts)],
            [
                [name, *(_two(figures[text]["tokens_per_word"]) for text in texts)]
                for name, figures in measured.items()
            ],
        ),
        "Tokens per word as the Barcelona Supercomputing Center counts words, bytes per token, "
        "Rényi efficiency (order 2.5) and lines given back unchanged, over all texts:",
        _table(
            ["tokenizer", "tokens per BSC word", "bytes per token", "Rényi", "unchanged"],
            [[name, *_other(figures, lines)] for name, figures in measured.items()],
        ),
    ]
    return "\n\n".join(parts)


def _summary(figures: _Figures) -> list[str]:
    cells = []
    for language in _LANGUAGES:
        own = [text for text in figures if text.language == language]
        everyday = [text for text in own if "dogv" not in text.name] or own
        cells.append(_two(_mean(_fertility(figures, text) for text in everyday)))
    dogv = next(t for t in figures if t.language == "es" and "dogv" in t.name)
    worst = max(figures, key=lambda text: _fertility(figures, text))
    cells.append(_two(_fertility(figures, dogv)))
    cells.append(f"{_fertility(figures, worst):.2f} ({worst.language} {worst.name})")
    across = []
    for name in _PARALLEL:
        tokens = [int(str(one["tokens"])) for text, one in figures.items() if text.parallel == name]
        across.append(max(tokens) / min(tokens))
    cells.append(" / ".join(f"{value:.3f}" for value in across))
    return cells


def _other(figures: _Figures, lines: Mapping[EvaluationText, list[str]]) -> list[str]:
    def total(key: str) -> int:
        return sum(int(str(one[key])) for one in figures.values())

    tokens = total("tokens")
    words = sum(bsc_words(some) for some in lines.values())
    efficiency = _mean(float(str(one["renyi_efficiency"])) for one in figures.values())
    same = sum(float(str(one["round_trip"])) * int(str(one["texts"])) for one in figures.values())
    return [
        f"{tokens / words:.3f}",
        f"{total('bytes') / tokens:.2f}",
        f"{efficiency:.3f}",
        f"{same / total('texts'):.4f}",
    ]


def _fertility(figures: _Figures, text: EvaluationText) -> float:
    return float(str(figures[text]["tokens_per_word"]))


def _mean(values: Iterable[float]) -> float:
    some = list(values)
    return sum(some) / len(some)


def _two(value: object) -> str:
    return f"{float(str(value)):.2f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
