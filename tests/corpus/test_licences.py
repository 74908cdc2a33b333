"""Licences are SPDX, or become SPDX, or are none; a version is never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.corpus.licences import licence_allowed, openness, spdx_expression


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("cc-by-sa-4.0", "CC-BY-SA-4.0"),
        ("CC-BY 4.0", "CC-BY-4.0"),
        ("CC BY-NC-SA 4.0 International", "CC-BY-NC-SA-4.0"),
        ("Creative Commons Attribution-ShareAlike 4.0 International License", "CC-BY-SA-4.0"),
        ("Creative Commons Attribution-NonCommercial-NoDerivatives 4.0", "CC-BY-NC-ND-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.ca", "CC-BY-4.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("http://creativecommons.org/licenses/by-sa/3.0/es/", "LicenseRef-CC-BY-SA-3.0-ES"),
        ("CC BY 3.0 US", "CC-BY-3.0-US"),
        ("CC0", "CC0-1.0"),
        ("GPL version 2", "GPL-2.0-only"),
        ("GPL-2.0", "GPL-2.0-only"),
        ("GPL-2+", "GPL-2.0-or-later"),
        ("GNU General Public License v3.0 or later", "GPL-3.0-or-later"),
        ("GFDL 1.3 or any later version", "GFDL-1.3-or-later"),
        ("LGPL-2.1-or-later", "LGPL-2.1-or-later"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("Mozilla Public License Version 2.0\n=========", "MPL-2.0"),
        ("MIT License", "MIT"),
        ("public domain", "LicenseRef-public-domain"),
        ("LicenseRef-official-text", "LicenseRef-official-text"),
        ("GPL-2.0+ or CC-BY-SA-3.0", "GPL-2.0-or-later OR CC-BY-SA-3.0"),
        ("(mit or gplv3) and cc0", "(MIT OR GPL-3.0-only) AND CC0-1.0"),
        ("GPL-2.0-only with Classpath-exception-2.0",
         "GPL-2.0-only WITH Classpath-exception-2.0"),
    ],
)  # fmt: skip
def test_other_spellings_become_spdx(stated: str, meant: str) -> None:
    assert spdx_expression(stated) == meant
    assert spdx_expression(meant) == meant


@pytest.mark.parametrize(
    "stated",
    ["CC-BY-SA", "GPL", "all rights reserved", "GPL-2 / CC-BY-SA-3.0", "CC-BY-9.9", "MIT and",
     "LicenseRef-a b", "(MIT", "x" * 10_000, "(" * 400,
     "CC0 for the packaging; authors state they do not own the text"],
)  # fmt: skip
def test_what_is_no_licence_is_not_made_one(stated: str) -> None:
    assert spdx_expression(stated) is None


@given(st.text(max_size=600))
def test_any_text_is_judged_and_a_judgement_stands(stated: str) -> None:
    once = spdx_expression(stated)
    assert once is None or spdx_expression(once) == once


@pytest.mark.parametrize(
    ("expression", "patterns", "allowed"),
    [
        ("CC-BY-4.0", [], True),
        ("CC-BY-4.0", ["CC-BY-*"], True),
        ("CC-BY-4.0", ["cc-by-4.0"], True),
        ("CC-BY-4.0", ["CC0-*", "MIT"], False),
        ("MIT OR GPL-3.0-only", ["MIT"], True),
        ("MIT AND GPL-3.0-only", ["MIT"], False),
        ("MIT AND GPL-3.0-only", ["MIT", "GPL-*"], True),
        ("(MIT OR GPL-3.0-only) AND CC0-1.0", ["MIT"], False),
        ("MIT OR GPL-3.0-only AND CC0-1.0", ["MIT"], True),
        ("GPL-3.0-only AND CC0-1.0 OR MIT", ["MIT"], True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", ["GPL-2.0-only"], True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", ["*classpath*"], True),
    ],
)
def test_patterns_follow_the_expression(
    expression: str, patterns: list[str], allowed: bool
) -> None:
    assert licence_allowed(expression, patterns) is allowed


def test_creative_commons_by_covers_share_alike_by_its_pattern_and_not_by_its_name() -> None:
    assert licence_allowed("CC-BY-SA-4.0", ["CC-BY-*"])
    assert not licence_allowed("CC-BY-SA-4.0", ["CC-BY-?.?"])


def test_of_two_licences_the_freer_one_is_known() -> None:
    ordered = ["CC0-1.0", "CC-BY-4.0", "MPL-2.0", "CC-BY-SA-4.0", "CC-BY-NC-SA-4.0",
               "LicenseRef-official-text", "LicenseRef-unknown"]  # fmt: skip
    assert [openness(name) for name in ordered] == [0, 1, 2, 3, 4, 5, 6]
    assert openness("see packages.json") == 6
    assert openness("LicenseRef-CC-BY-SA-3.0-ES") == openness("CC-BY-SA-3.0")
    assert openness("GPL-3.0-only OR MIT") == openness("MIT")
    assert openness("GPL-3.0-only AND MIT") == openness("GPL-3.0-only")
