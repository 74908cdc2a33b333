"""The report's tables, from the figures of `results.json` to cells in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tertulia.evaluate.report_words import autonym, whole, written
from tertulia.messages import tr


@dataclass(frozen=True)
class Cell:
    """A figure, and an aside such as its interval."""

    text: str
    aside: str = ""
    best: bool = False
    numeric: bool = True


@dataclass(frozen=True)
class Row:
    """A row's header and cells; `lang` where the header is in another language than the page."""

    header: str
    cells: Sequence[Cell]
    lang: str | None = None


@dataclass(frozen=True)
class Table:
    """A caption, column headers (the first over the row headers) and rows."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Row]


def model_name(name: str) -> str:
    """The reader's name of a model of the run."""
    return {"base": tr("Base model"), "instruct": tr("Instruct model")}.get(name, name)


def baseline_name(name: str) -> str:
    """The reader's name of a baseline."""
    return {"kneser-ney": tr("5-gram"), "xz": "xz -9e", "uniform": tr("Uniform")}.get(name, name)


def measure_table(split: Mapping[str, Any], caption: str, *, sources: bool = False) -> Table:
    """Languages by models and baselines, with a verdict in words; `sources` names the sources."""
    first = next(iter(split.values()))
    models, baselines = list(first["models"]), list(first["baselines"])
    columns = [
        tr("Language"),
        *map(model_name, models),
        *map(baseline_name, baselines),
        tr("Text"),
        tr("Verdict on the base model"),
        *([tr("Sources")] if sources else []),
    ]
    rows = []
    for language, row in split.items():
        figures = [row["models"][name] for name in models]
        figures += [row["baselines"][name] for name in baselines]
        known = [f["bits_per_byte"] for f in figures if f["bits_per_byte"] is not None]
        cells = [_figure(figure, lowest=min(known, default=0.0)) for figure in figures]
        cells.append(
            Cell(
                tr("{kilobytes} kB", kilobytes=whole(round(row["bytes"] / 1000))),
                tr("{documents} documents", documents=whole(row["documents"])),
            )
        )
        cells.append(Cell(verdict(row), numeric=False))
        if sources:
            cells.append(Cell(", ".join(row["sources"]), numeric=False))
        rows.append(Row(autonym(language), cells, lang=language))
    return Table(caption, columns, rows)


def verdict(row: Mapping[str, Any], model: str = "base") -> str:
    """What the intervals allow to say of a model beside the 5-gram and xz."""
    if not row["comparable"]:
        return tr("Not comparable: the tokenizer does not give this text back")
    against = row["models"][model]["against"]
    rivals = {name: against[name] for name in ("kneser-ney", "xz") if name in against}
    if not rivals:
        return ""
    worse = [baseline_name(name) for name, d in rivals.items() if d["ci_low"] > 0]
    unclear = [baseline_name(n) for n, d in rivals.items() if d["ci_low"] <= 0 <= d["ci_high"]]
    if worse:
        return tr("Worse than {names}", names=", ".join(worse))
    if unclear:
        return tr("No clear difference from {names}", names=", ".join(unclear))
    names = ", ".join(baseline_name(name) for name in rivals)
    return tr("Better than {names}", names=names)


def tokenizer_table(measure: Mapping[str, Any]) -> Table:
    """Tokens per word and bytes per token of each language."""
    rows = [
        Row(
            autonym(language),
            [
                Cell(written(figures["tokens_per_word"], 2)),
                Cell(written(figures["bytes_per_token"], 2)),
            ],
            lang=language,
        )
        for language, figures in measure["languages"].items()
    ]
    caption = tr("Vocabulary of {count} tokens", count=whole(measure["vocabulary"]))
    return Table(caption, [tr("Language"), tr("Tokens per word"), tr("Bytes per token")], rows)


def corpus_tables(corpus: Mapping[str, Any]) -> list[Table]:
    """Mixture of languages, funnel of documents, and what was dropped and why."""
    mixture, ledger = corpus["mixture"], corpus["ledger"]
    languages = [
        Row(
            autonym(language),
            [
                Cell(whole(mixture["documents"].get(language, 0))),
                Cell(written(mixture["bytes"].get(language, 0) / 1e6, 1)),
                Cell(written(100 * weight, 1)),
            ],
            lang=language,
        )
        for language, weight in mixture["weights"].items()
    ]
    funnel = [
        Row(step["step"], [Cell(whole(step["documents_in"])), Cell(whole(step["documents_out"]))])
        for step in ledger["funnel"]
    ]
    tables = [
        Table(
            tr("Training text and its part in the mixture"),
            [tr("Language"), tr("Documents"), "MB", "%"],
            languages,
        ),
        Table(
            tr("Documents from step to step"),
            [tr("Step"), tr("Documents in"), tr("Documents out")],
            funnel,
        ),
    ]
    drops = _drops(ledger["drops"])
    return [*tables, drops] if drops.rows else tables


def _drops(drops: Sequence[Mapping[str, Any]]) -> Table:
    """Drops by step and reason, over languages and sources."""
    totals: dict[tuple[str, str], list[int]] = {}
    for drop in drops:
        total = totals.setdefault((drop["step"], drop["reason"]), [0, 0])
        total[0] += drop["documents"]
        total[1] += drop["bytes"]
    rows = [
        Row(
            step,
            [
                Cell(reason, numeric=False),
                Cell(whole(documents)),
                Cell(written(size / 1e6, 2)),
            ],
        )
        for (step, reason), (documents, size) in totals.items()
    ]
    columns = [tr("Step"), tr("Reason"), tr("Documents"), "MB"]
    return Table(tr("Documents left out, and why"), columns, rows)


def describe_setting(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values that decide the figures."""
    settings = results["settings"]
    pairs = [
        (tr("Model"), str(results["model"]["name"])),
        (tr("Parameters"), whole(results["model"]["parameters"])),
        (tr("Seed"), str(settings["seed"])),
        (tr("Context"), tr("{tokens} tokens", tokens=whole(settings["context"]))),
        (tr("Bootstrap samples"), whole(settings["bootstrap_samples"])),
        (
            tr("Held-out text at most"),
            tr("{kilobytes} kB", kilobytes=whole(settings["max_bytes_per_language"] // 1000)),
        ),
    ]
    baselines = results["baselines"]
    if "kneser-ney" in baselines:
        seen = whole(baselines["kneser-ney"]["training_tokens"])
        pairs.append((tr("5-gram fitted on"), tr("{tokens} tokens", tokens=seen)))
    if "xz" in baselines:
        given, total = baselines["xz"]["training_bytes"], baselines["xz"]["training_bytes_total"]
        text = tr(
            "{part} of {whole} MB", part=written(given / 1e6, 1), whole=written(total / 1e6, 1)
        )
        pairs.append((tr("xz given training text"), text))
    return pairs + [(name, version) for name, version in settings["versions"].items()]


def _figure(figure: Mapping[str, Any], lowest: float) -> Cell:
    value = figure["bits_per_byte"]
    if value is None:
        return Cell("–")
    aside = ""
    if figure["ci_low"] is not None:
        aside = f"[{written(figure['ci_low'], 3)}, {written(figure['ci_high'], 3)}]"
    return Cell(written(value, 3), aside, best=value == lowest)
