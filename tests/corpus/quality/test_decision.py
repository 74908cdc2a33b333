"""The step `quality-thresholds`: reasons, order, profiles, a recipe's own bounds."""

from __future__ import annotations

import json
import random

import polars as pl
import pytest
import zstandard
from pydantic import ValidationError

from scripts.quality.planted import KINDS, planted
from tertulia.corpus.quality.decision import REASONS, quality_decision
from tertulia.corpus.quality.signals import quality_signals
from tertulia.corpus.quality.thresholds import measured_bounds
from tertulia.languages import LANGUAGES
from tertulia.recipe.quality_spec import SIGNALS, QualitySpec, Threshold
from tertulia.recipe.shipped import shipped_folder
from tests.corpus.quality.measuring import NOTICES, STORIES, frame_of, reason


def decided(frame: pl.DataFrame, spec: QualitySpec | None = None) -> pl.DataFrame:
    return quality_decision(spec or QualitySpec()).apply(quality_signals().apply(frame))


@pytest.mark.parametrize("texts", [STORIES, NOTICES])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_clean_text_stays(tag: str, texts: dict[str, str]) -> None:
    assert reason(texts[tag], tag) is None
    assert reason(texts[tag], tag, profile="documents") is None
    assert reason(" ".join(texts[tag].split(". ")[-1].split()), tag) is None


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_starter_corpus_stays(tag: str) -> None:
    texts = []
    for part in ("train", "unseen"):
        for path in sorted(shipped_folder("starter", part).glob(f"{tag}.jsonl.zst")):
            lines = zstandard.decompress(path.read_bytes(), max_output_size=1 << 28).decode()
            texts += [json.loads(line)["text"] for line in lines.splitlines()]
    kept = decided(frame_of(*texts, language=tag))["dropped"].is_null().mean()
    assert isinstance(kept, float)
    assert kept >= 0.95


def test_planted_defects_are_dropped() -> None:
    good = {tag: [f"{STORIES[tag]} {NOTICES[tag]}"] for tag in LANGUAGES}
    rows = random.Random(0).sample(planted(good), 600)
    frame = pl.DataFrame(rows, schema=["kind", "language", "text"], orient="row")
    # A Basque text has hardly a letter to lose, and a shuffled one too few words to double.
    hard = ("word salad", "mojibake", "letters turned ?", "accents stripped", "keyword list")
    caught = decided(frame).group_by("kind").agg(pl.col("dropped").is_not_null().mean())
    assert set(caught["kind"]) == set(KINDS)
    assert {kind for kind, share in caught.iter_rows() if share < 0.95} <= set(hard)


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        ("es", "uno\ndos", "quality-too-few-words"),
        ("es", STORIES["es"].encode().decode("cp1252", "ignore"), "quality-mojibake"),
        ("es", STORIES["es"].replace("í", "?"), "quality-lost-characters"),
        ("gl", STORIES["gl"] + " &aacute; &nbsp; &amp;", "quality-entities"),
        ("es", f"{STORIES['es']}\n" * 6, "quality-repeated-lines"),
        ("ca", STORIES["ca"] + " i després la gent deia novament" * 20, "quality-loops"),
        ("gl", STORIES["gl"] + " " + STORIES["ca"], "quality-neighbour-language"),
    ],
)
def test_each_defect_has_its_reason(tag: str, text: str, expected: str) -> None:
    assert reason(text, tag) == expected


def test_reasons_are_named_for_every_signal_and_no_bound_is_of_an_unknown_one() -> None:
    assert set(REASONS) == set(SIGNALS)
    for bounds in measured_bounds().values():
        assert set(bounds) <= set(SIGNALS)


def test_the_first_failing_signal_in_the_fixed_order_gives_the_reason() -> None:
    both = {"digit_share": {"max": 0.0}, "words": {"min": 1000}}
    assert reason("uno 2", "es", profile="none", thresholds=both) == "quality-too-few-words"
    assert SIGNALS.index("words") < SIGNALS.index("digit_share")


def test_auto_judges_a_short_text_of_one_line_as_a_sentence() -> None:
    short = "El gato duerme."
    assert reason(short) is None
    assert reason(short, profile="documents") == "quality-too-few-words"
    assert reason("El gato\nduerme.") == "quality-too-few-words"
    assert reason(short, sentence_words=3) == "quality-too-few-words"
    assert reason(STORIES["es"].split(".")[0].replace("a", "Ã³"), "es") == "quality-mojibake"


def test_none_asks_only_what_the_recipe_names() -> None:
    assert reason("1 2 3", profile="none") is None
    asked = {"digit_share": {"max": 0.5}}
    assert reason("1 2 3", profile="none", thresholds=asked) == "quality-digits"


def test_a_recipe_replaces_a_bound_everywhere_or_in_one_language_or_lifts_it() -> None:
    text = STORIES["ca"]
    assert reason(text, "ca", thresholds={"words": {"min": 500}}) == "quality-too-few-words"
    only = {"ca-valencia": {"words": {"min": 500}}}
    assert reason(text, "ca", thresholds=only) is None
    assert reason(text, "ca-valencia", thresholds=only) == "quality-too-few-words"
    both = {"words": {"min": 500}, "ca": {"words": {"min": 5}}}
    assert reason(text, "ca", thresholds=both) is None
    lifted = {"words": {}, "function_words": {}, "lix": {}}
    assert reason("El gato duerme.", profile="documents", thresholds=lifted) is None


def test_a_bound_itself_stays() -> None:
    exact = {"digit_share": {"min": 0.3, "max": 0.3}}
    assert reason("aaaaaaa123", profile="none", thresholds=exact) is None


def test_a_region_is_judged_by_its_language_and_a_foreign_text_by_layout_alone() -> None:
    assert reason(STORIES["es"], "es-AR") is None
    assert reason(STORIES["es"], "de") is None
    assert reason(f"{STORIES['es']}\n" * 6, None) == "quality-repeated-lines"


def test_the_text_is_not_read() -> None:
    measured = quality_signals().apply(frame_of(*STORIES.values())).drop("dropped")
    step = quality_decision(QualitySpec())
    blind = step.apply(measured.drop("text"))
    assert blind["dropped"].to_list() == step.apply(measured)["dropped"].to_list()


@pytest.mark.parametrize(
    ("thresholds", "message"),
    [
        ({"word": {"min": 1}}, "did you mean 'words'"),
        ({"ca": {"digit_shar": {"max": 1}}}, "did you mean 'digit_share'"),
        ({"ca": {"min": 1}}, "is a language"),
        ({"words": {"words": {"min": 1}}}, "is a signal"),
        ({"words": {"min": 2, "max": 1}}, "greater than max"),
        ({"words": {"least": 2}}, "Extra inputs"),
    ],
)
def test_wrong_thresholds_are_refused(thresholds: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        QualitySpec.model_validate({"thresholds": thresholds})


def test_thresholds_read_as_written() -> None:
    spec = QualitySpec.model_validate(
        {"thresholds": {"words": {"min": 3}, "ca-valencia": {"lix": {"max": 80}}}}
    )
    assert spec.thresholds["words"] == Threshold(min=3)
    assert spec.thresholds["ca-valencia"] == {"lix": Threshold(max=80)}
