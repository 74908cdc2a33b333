"""Sites that speak for themselves in robots.txt, ai.txt and tdmrep.json are listened to."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tertulia.corpus.reservations import reservations_of
from tertulia.errors import DataError


def _tdm(folder: Path, *rules: dict[str, object], host: str = "a.org") -> None:
    path = folder / host / ".well-known" / "tdmrep.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(rules))


def _robots(folder: Path, *lines: str, host: str = "a.org", name: str = "robots.txt") -> None:
    (folder / host).mkdir(exist_ok=True)
    (folder / host / name).write_text("\n".join(lines))


def test_the_first_location_of_tdmrep_that_fits_decides(tmp_path: Path) -> None:
    _tdm(
        tmp_path,
        {"location": "/open/", "tdm-reservation": 0},
        {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.org/p"},
    )
    found = reservations_of(tmp_path)
    assert found.of("https://a.org/open/x") is None
    assert found.of("https://a.org/x") == "tdm-reservation: 1, tdm-policy: https://a.org/p"
    assert found.of("https://other.org/x") is None
    assert found.of(None) is None


@pytest.mark.parametrize(
    ("rules", "path", "reserved"),
    [
        (["User-agent: *", "Disallow: /private"], "/private/x", True),
        (["User-agent: *", "Disallow: /private"], "/public", False),
        (["User-agent: *", "Disallow: /", "Allow: /open"], "/open/x", False),
        (["User-agent: *", "Disallow: /a", "Allow: /a"], "/a", False),
        (["User-agent: *", "Disallow:"], "/a", False),
        (["User-agent: *", "Disallow: /*.html$"], "/a/b.html", True),
        (["User-agent: *", "Disallow: /*.html$"], "/a/b.html?x", False),
        (["User-agent: *", "Disallow: /a$"], "/ab", False),
        (["User-agent: *", "Disallow: /a$"], "/a", True),
        (["User-agent: *", "Disallow: /*/b*c"], "/a/xb/bdc/e", True),
        (["User-agent: *", "Disallow: /", "User-agent: Tertulia", "Disallow: /b"], "/a", False),
        (["User-agent: Tertulia", "User-agent: x", "Disallow: /a # why"], "/a", True),
        (["User-agent: other", "Disallow: /"], "/a", False),
        (["Disallow: /"], "/a", False),
    ],
)
def test_robots_txt_is_read_as_rfc_9309_says(
    tmp_path: Path, rules: list[str], path: str, reserved: bool
) -> None:
    _robots(tmp_path, *rules)
    assert (reservations_of(tmp_path).of(f"https://a.org{path}") is not None) is reserved


def test_ai_txt_speaks_of_kinds_of_files(tmp_path: Path) -> None:
    _robots(tmp_path, "User-Agent: *", "Disallow: *.txt", name="ai.txt")
    found = reservations_of(tmp_path)
    assert found.of("https://a.org/x.txt") == "ai.txt: *.txt"
    assert found.of("https://a.org/x.html") is None


def test_tdmrep_outweighs_robots_txt(tmp_path: Path) -> None:
    _tdm(tmp_path, {"location": "/", "tdm-reservation": 0})
    _robots(tmp_path, "User-agent: *", "Disallow: /")
    assert reservations_of(tmp_path).of("https://a.org/x") is None


def test_files_of_the_folder_itself_hold_for_every_address(tmp_path: Path) -> None:
    (tmp_path / "robots.txt").write_text("User-agent: *\nDisallow: /")
    assert reservations_of(tmp_path).of("https://any.org/x") == "robots.txt: /"


def test_what_a_document_says_itself_stays(tmp_path: Path) -> None:
    _robots(tmp_path, "User-agent: *", "Disallow: /")
    urls = ["https://a.org/x", "https://a.org/y", "https://b.org/", None]
    frame = pl.DataFrame({"url": urls, "reservation": [None, "noai", None, None]})
    filled = reservations_of(tmp_path).filled(frame)["reservation"].to_list()
    assert filled == ["robots.txt: /", "noai", None, None]
    assert reservations_of(tmp_path).filled(frame.drop("reservation"))["reservation"][1] == (
        "robots.txt: /"
    )


@pytest.mark.parametrize("content", ["{", "{}x", '[{"location": "/"}]', '["x"]', "3"])
def test_a_damaged_reservation_is_an_error_and_no_permission(tmp_path: Path, content: str) -> None:
    (tmp_path / "tdmrep.json").write_text(content)
    with pytest.raises(DataError, match=r"tdmrep\.json"):
        reservations_of(tmp_path)


def test_a_hostile_pattern_costs_no_time(tmp_path: Path) -> None:
    _robots(tmp_path, "User-agent: *", "Disallow: " + "/*a" * 500 + "b$")
    assert reservations_of(tmp_path).of("https://a.org/" + "a" * 20_000) is None


def test_a_folder_without_such_files_reserves_nothing(tmp_path: Path) -> None:
    assert reservations_of(tmp_path / "absent").of("https://a.org/") is None
