"""A package that is missing is one sentence with what to install."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from tertulia.discover.packages import require_discover
from tertulia.errors import MissingExtraError

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def names_of(extra: str) -> list[str]:
    """Distributions of an extra, but for this package itself."""
    extras = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    names = [one.split(">=")[0] for one in extras[extra]]
    return [one for one in names if not one.startswith("tertulia[")]


def test_nothing_is_missing_here() -> None:
    require_discover(dear=True)


@pytest.mark.parametrize("package", names_of("discover"))
def test_every_package_of_the_extra_is_asked_for(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError) as caught:
        require_discover()
    assert caught.value.code == "discover.missing-extra" and package in caught.value.what
    assert "pip install 'tertulia[discover]'" in str(caught.value.remedy)


@pytest.mark.parametrize("package", names_of("dft"))
def test_density_functional_theory_is_asked_for_where_it_is_wanted(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    require_discover()
    with pytest.raises(MissingExtraError) as caught:
        require_discover(dear=True)
    assert "tertulia[dft]" in str(caught.value.remedy)
