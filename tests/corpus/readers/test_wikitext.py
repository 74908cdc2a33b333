"""Wikitext to plain text, and pages made to hang whoever reads them."""

from __future__ import annotations

import time

import pytest

from tertulia.corpus.readers.wikitext import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("'''Lugo''' é ''unha'' cidade", "Lugo é unha cidade"),
        ("[[Lugo]] e [[Vigo|a outra]]", "Lugo e a outra"),
        ("[[Ficheiro:a.jpg|miniatura|Foto de [[Lugo]]]] fin", "fin"),
        ("a[https://example.org a web]b [https://example.org]", "aa webb"),
        ("a{{x|{{y|z}}}}b", "ab"),
        ('a<ref name="x">nota [[b]]</ref>c<ref name="x" />d', "acd"),
        ("a<!-- nota -->b", "ab"),
        ("{| class=x\n| a\n{| b |}\n|}\nfin", "fin"),
        ("== Historia ==\n* un\n# dous\n; tres", "Historia\nun\ndous\ntres"),
        ("a<br />b &amp; c&nbsp;d __TOC__", "ab & c d"),
        ("[[:Categoría:Ríos|ríos]] [[Categoría:Ríos]]", "ríos"),
        ("a   \n\n\n\nb", "a\n\nb"),
    ],
)
def test_what_a_reader_reads_stays(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    "piece",
    ["{{", "{|", "[[", "<ref>", "<ref", "<!--", "[//", "= ", "''", 
     "</", " ", "\t=", "[[a|", "{{a|}",
     "<ref></math>", "<math><ref>", "&amp", "{|\n|-\n", "[//a ", "__A", "*#", "<ref/"],
)  # fmt: skip
def test_a_hostile_page_takes_no_longer_than_its_length_deserves(piece: str) -> None:
    begin = time.process_time()
    for markup in (piece * (300_000 // len(piece)), piece + "x" * 300_000, "=" + piece * 50_000):
        plain_text(markup + "\nx")
    assert time.process_time() - begin < 5
