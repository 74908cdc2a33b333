"""Chunks: all of the text, once, in order; never over a page or a dividing heading."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.serve.knowledge.chunk import LONGEST, SHORTEST, TARGET, chunk, passage_text
from tertulia.serve.knowledge.document import Chunk, Extract
from tertulia.serve.knowledge.sentences import sentence_ends
from tertulia.serve.knowledge.structured_text import Structure, StructuredText

SENTENCES = [
    "A ribeira leva auga todo o ano, e os muíños moen de noite.",
    "Os veciños pagan a taxa antes do 31 de marzo; quen non o faga terá unha recarga.",
    "¿Quen pode pedila?",
    "Segundo o art. 5 da ordenanza, o Sr. alcalde resolve en 3 meses.",
    "«Non hai prazo», di a lei.",
]


def _extract(structure: Structure, language: str | None = "gl") -> Extract:
    return Extract(
        text=structure.text,
        title="x",
        language=language,
        pages=structure.pages,
        headings=structure.headings,
        empty_pages=structure.empty_pages,
    )


def _whole(extract: Extract, chunks: tuple[Chunk, ...]) -> None:
    """Everything that holds of the chunks of any text."""
    text = extract.text
    assert [each.ordinal for each in chunks] == list(range(len(chunks)))
    at = 0
    for each in chunks:
        assert each.text == text[each.start : each.end]
        assert each.text == each.text.strip() != ""
        assert not text[at : each.start].strip()
        assert len(each.text) <= LONGEST
        at = each.end
        for page in extract.pages:
            assert not each.start < page.start < each.end or page.start == page.end
        for edge in (each.start, each.end):
            if 0 < edge < len(text) and text[edge - 1].isalnum() and text[edge].isalnum():
                # Only a word that is longer than a chunk is cut.
                assert len(text[:edge].split()[-1] + text[edge:].split()[0]) > TARGET
        for heading in extract.headings:
            if heading.level <= 2 and each.start < heading.start < each.end:
                above = [other for other in extract.headings if other.end <= heading.start]
                assert above
                assert not text[above[-1].end : heading.start].strip()
    assert not text[at:].strip()


_PIECE = st.one_of(
    st.tuples(st.just("heading"), st.integers(1, 4), st.sampled_from(["Artigo 1. O río", "Taxas"])),
    st.tuples(
        st.sampled_from(["paragraph", "row"]),
        st.just(0),
        st.lists(st.sampled_from([*SENTENCES, "a\tb", "pan", "x" * 1200, "- viño"]), max_size=14)
        .map(" ".join),
    ),
    st.tuples(st.just("page"), st.just(0), st.just("")),
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.lists(_PIECE, max_size=14))
def test_all_of_a_structured_text_is_in_its_chunks(
    given_pieces: list[tuple[str, int, str]],
) -> None:
    out = StructuredText("x")
    for number, (kind, level, text) in enumerate(given_pieces):
        if kind == "heading":
            out.heading(level, text)
        elif kind == "page":
            out.page(number)
        else:
            getattr(out, kind)(text)
    extract = _extract(out.finish())
    _whole(extract, chunk(extract))


@settings(deadline=None)
@given(st.text(alphabet=" \n\tab.,;éE1\u0301·-", max_size=4000))
def test_all_of_any_text_is_in_its_chunks(text: str) -> None:
    out = StructuredText("x")
    out.paragraph(text)
    extract = _extract(out.finish(), None)
    _whole(extract, chunk(extract))


def test_running_text_gives_chunks_of_whole_sentences_near_the_target() -> None:
    out = StructuredText("x")
    for start in range(40):
        out.paragraph(" ".join(SENTENCES[(start + at) % 5] for at in range(start % 4 + 1)))
    extract = _extract(out.finish())
    chunks = chunk(extract)
    lengths = [len(each.text) for each in chunks]
    assert all(SHORTEST <= length <= LONGEST for length in lengths)
    assert TARGET * 0.8 < sum(lengths) / len(lengths) < TARGET * 1.2
    assert all(each.text[-1] in ".?" for each in chunks)


def test_a_chunk_knows_its_headings_and_its_page() -> None:
    out = StructuredText("x")
    out.page(1)
    out.heading(1, "Ordenanza")
    out.heading(2, "Taxas")
    out.paragraph(" ".join(SENTENCES * 4))
    out.page(2)
    out.paragraph(SENTENCES[0])
    out.heading(3, "Recargas")
    out.paragraph(SENTENCES[1])
    out.heading(2, "Prazos")
    out.paragraph(SENTENCES[4])
    chunks = chunk(_extract(out.finish()))
    first, *_, third_level, last = chunks
    assert first.text.startswith("Ordenanza\n\nTaxas\n\nA ribeira")
    assert first.headings == ()
    assert chunks[1].headings == ("Ordenanza", "Taxas")
    assert (chunks[1].page, third_level.page) == (1, 2)
    assert third_level.text.startswith(SENTENCES[0])
    assert third_level.text.endswith(SENTENCES[1])
    assert (last.text[:6], last.headings) == ("Prazos", ("Ordenanza",))
    assert passage_text("", chunks[1]).startswith("Ordenanza > Taxas\n")
    assert passage_text("Ordenanza", chunks[1]).startswith("Ordenanza > Taxas\n")
    assert passage_text("Boletín", chunks[1]).startswith("Boletín > Ordenanza > Taxas\n")
    assert passage_text("Ordenanza", first) == first.text


def test_rows_of_a_table_and_a_heading_with_its_text_stay_together() -> None:
    out = StructuredText("x")
    for row in range(60):
        out.row(f"Rúa {row}. Casa.\t{row} euros. Sen recarga.\tok")
    out.heading(3, "Notas")
    out.paragraph(" ".join(SENTENCES * 3))
    extract = _extract(out.finish())
    chunks = chunk(extract)
    lines = set(extract.text.split("\n"))
    assert all(line in lines for each in chunks for line in each.text.split("\n") if "\t" in line)
    assert not any(each.text.endswith("Notas") for each in chunks)


def test_a_passage_in_another_language_is_told() -> None:
    basque = "Udalak hiru hilabeteko epea du eskaera ebazteko, eta herritarrek doan egin dezakete. "
    out = StructuredText("x")
    out.heading(1, "Galego")
    out.paragraph(" ".join(SENTENCES * 2))
    out.heading(1, "Euskara")
    out.paragraph(basque * 4)
    chunks = chunk(_extract(out.finish()))
    assert [each.language for each in chunks] == ["gl", "eu"]


@pytest.mark.parametrize(
    "text",
    [
        "Ver art. 5 da lei.",
        "O Sr. Pérez di.",
        "J. M. Castelao.",
        "1. Primeiro punto",
        "3.5 metros…",
    ],
)
def test_abbreviations_end_no_sentence(text: str) -> None:
    assert sentence_ends(text + " ") in ([len(text)], [])


def test_sentences_end_behind_their_closing_marks() -> None:
    text = "«Non hai.» (Si.) Vale! E xa?… e despois. Fin"
    assert [text[:end] for end in sentence_ends(text)] == [
        "«Non hai.»", "«Non hai.» (Si.)", "«Non hai.» (Si.) Vale!", text[:-4],
    ]  # fmt: skip
