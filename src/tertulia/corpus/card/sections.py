"""The facts in words and tables, in the reader's language: what datasheet and page both say.

The questions are those of datasheets for datasets (Gebru et al., 2021, arXiv:1803.09010).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tertulia.corpus.card.facts import CorpusFacts
from tertulia.languages import LANGUAGES
from tertulia.messages import mark, tr

_GROUP = "\N{NO-BREAK SPACE}"

SPLIT_NAMES = {
    "train": mark("training"),
    "held_out": mark("held out"),
    "unseen": mark("never trained on"),
}


@dataclass(frozen=True)
class Table:
    """Column headers and rows of text; the last `figures` columns are numbers."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: int = 0


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it: paragraphs, points, tables."""

    title: str
    paragraphs: Sequence[str] = ()
    points: Sequence[str] = ()
    tables: Sequence[Table] = ()


def whole(value: int) -> str:
    """A number in groups of three digits, as every one of the languages may write it."""
    return f"{value:,}".replace(",", _GROUP)


def autonym(tag: str) -> str:
    """A language's name in itself; the tag where it is none of ours."""
    return LANGUAGES[tag].autonym if tag in LANGUAGES else tag


def sections_of(facts: CorpusFacts) -> list[Section]:
    """Motivation to opting out, in order."""
    names = ", ".join(dict.fromkeys(autonym(part.language) for part in facts.parts))
    return [
        Section(
            tr("Motivation"),
            [tr("A corpus to train and measure language models with, in: {languages}.",
                languages=names)],
        ),
        _composition(facts),
        _sources(facts),
        Section(
            tr("Collection"),
            [tr("The texts come from the sources above, named by whoever wrote the recipe. "
                "tertulia downloads nothing by itself. Address, date and licence stay beside a "
                "document where its source states them.")],
        ),
        _preprocessing(facts),
        _drops(facts),
        _settings(facts),
        _personal_data(facts),
        _languages(facts),
        *_limits(),
    ]  # fmt: skip


def _composition(facts: CorpusFacts) -> Section:
    documents: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    for part in facts.parts:
        documents[part.language, part.split] += part.documents
        sizes[part.language, part.split] += part.bytes
    rows = [
        [autonym(language), tr(SPLIT_NAMES.get(split, split)), whole(count),
         whole(sizes[language, split])]
        for (language, split), count in documents.items()
    ]  # fmt: skip
    columns = [tr("Language"), tr("Split"), tr("Documents"), tr("Bytes")]
    return Section(tr("Composition"), tables=[Table(columns, rows, 2)])


def _sources(facts: CorpusFacts) -> Section:
    documents: Counter[tuple[str, str, str]] = Counter()
    sizes: Counter[tuple[str, str, str]] = Counter()
    for part in facts.parts:
        documents[part.source, part.licence, part.language] += part.documents
        sizes[part.source, part.licence, part.language] += part.bytes
    rows = [
        [source, licence, autonym(language), whole(count), whole(sizes[source, licence, language])]
        for (source, licence, language), count in sorted(documents.items())
    ]
    columns = [tr("Source"), tr("Licence"), tr("Language"), tr("Documents"), tr("Bytes")]
    tables = [Table(columns, rows, 2)]
    paragraphs = [tr("Licences are SPDX expressions.")]
    if facts.stated_licences:
        paragraphs.append(
            tr("The second table shows what sources wrote where it was put differently.")
        )
        stated = [[was, now, whole(count)] for was, now, count in facts.stated_licences]
        tables.append(Table([tr("As stated"), "SPDX", tr("Documents")], stated, 1))
    return Section(tr("Sources and licences"), paragraphs, tables=tables)


def _preprocessing(facts: CorpusFacts) -> Section:
    rows = [
        [step["step"], str(facts.steps.get(step["step"], "–")), whole(step["documents_in"]),
         whole(step["documents_out"])]
        for step in facts.ledger["funnel"]
    ]  # fmt: skip
    columns = [tr("Step"), tr("Version"), tr("Documents in"), tr("Documents out")]
    note = tr("Every document went through these steps, in this order.")
    return Section(tr("Preprocessing"), [note], tables=[Table(columns, rows, 2)])


def _drops(facts: CorpusFacts) -> Section:
    documents: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    for drop in facts.ledger["drops"]:
        key = (drop["step"], drop["reason"])
        documents[key] += drop["documents"]
        sizes[key] += drop["bytes"]
    rows = [
        [step, reason, whole(count), whole(sizes[step, reason]),
         ", ".join(facts.dropped_ids.get(reason, ()))]
        for (step, reason), count in documents.items()
    ]  # fmt: skip
    columns = [tr("Step"), tr("Reason"), tr("Documents"), tr("Bytes"), tr("Some of them")]
    note = tr("ledger.json has these counts by language and source too, dropped.parquet has every "
              "single document.")  # fmt: skip
    return Section(tr("What was left out"), [note], tables=[Table(columns, rows)])


def _settings(facts: CorpusFacts) -> Section:
    rows = [[key, value] for key, value in facts.settings.items()]
    return Section(tr("Settings and thresholds"), tables=[Table([tr("Key"), tr("Value")], rows)])


def _personal_data(facts: CorpusFacts) -> Section:
    title = tr("Personal data")
    if facts.personal_data is None:
        return Section(title, [tr("Personal data was not looked for.")])
    rows = [[kind, whole(count)] for kind, count in facts.personal_data.items()]
    note = tr("What was found was replaced by a placeholder that names its kind. A program looked "
              "for it, so some is still there.")  # fmt: skip
    return Section(title, [note], tables=[Table([tr("Kind"), tr("Replaced")], rows, 1)])


def _languages(facts: CorpusFacts) -> Section:
    rows = [
        [autonym(tag), tag, f"{weight:.4f}"] for tag, weight in facts.mixture["weights"].items()
    ]
    tables = [Table([tr("Language"), "BCP 47", tr("Share of training")], rows, 1)]
    if bounds := facts.mixture.get("max_epochs"):
        limited = [[source, f"{bound:g}"] for source, bound in bounds.items()]
        tables.append(Table([tr("Source"), tr("Most epochs")], limited, 1))
    note = tr("Valencian is counted apart from Catalan; the Spanish of a country is part of "
              "Spanish.")  # fmt: skip
    return Section(tr("Languages and varieties"), [note], tables=tables)


def _limits() -> list[Section]:
    return [
        Section(
            tr("Limits"),
            points=[
                tr("It has the registers, the views and the gaps of its sources."),
                tr("Language, quality and personal data were judged by programs, which err."),
                tr("A licence is what the source says of a document; nobody asked its author."),
            ],
        ),
        Section(
            tr("How to opt out"),
            [
                tr("Tell whoever published this corpus the address or the id of a document, or a "
                   "domain. Entered in the list that `corpus.policy.opt_out` of the recipe names, "
                   "it is left out of every later build."),
                tr("`tertulia corpus explain ID` shows what became of a document."),
            ],
        ),
    ]  # fmt: skip
