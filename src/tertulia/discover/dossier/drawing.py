"""Structures as inline SVG in the page's own colours, so that one drawing serves light and dark."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_COLOURS = {
    "#000000": "currentColor",
    "#FF0000": "var(--oxygen)",
    "#0000FF": "var(--nitrogen)",
    "#CCCC00": "var(--sulfur)",
    "#33CCCC": "var(--halogen)",
    "#00CC00": "var(--halogen)",
    "#7F4C19": "var(--halogen)",
    "#FF7F00": "var(--phosphorus)",
}
"""RDKit's colours of atoms, as class names of the style sheet."""
_STYLE = re.compile(r"style='([^']*)'")
_FILL = re.compile(r"fill='(#[0-9A-Fa-f]{6})'")
_SHAPE = re.compile(r"<(?:path|ellipse|polygon|rect|line)\b[^>]*/>", re.DOTALL)


@lru_cache(maxsize=4_096)
def draw(smiles: str, width: int = 220, height: int = 160) -> str:
    """`<svg>` of a molecule, hidden from screen readers: the page gives its SMILES beside it.

    Empty where RDKit reads no molecule. Numbers of atoms are no part of it, so the same SMILES
    gives the same bytes.
    """
    from rdkit import Chem, rdBase
    from rdkit.Chem.Draw import rdMolDraw2D

    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
    if molecule is None or not molecule.GetNumAtoms():
        return ""
    drawer = rdMolDraw2D.MolDraw2DSVG(width, height)
    options: Any = drawer.drawOptions()
    options.clearBackground = False
    options.padding = 0.06
    options.fixedBondLength = 0.12 * width
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, molecule)
    drawer.FinishDrawing()
    shapes = _SHAPE.findall(drawer.GetDrawingText())
    return (
        f'<svg class="molecule" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" aria-hidden="true" focusable="false">{"".join(map(_plain, shapes))}'
        "</svg>"
    )


def _plain(shape: str) -> str:
    """A shape without RDKit's classes, its colours those of the page."""
    shape = re.sub(r"\s*class='[^']*'", "", shape)
    # Letters carry their colour as an attribute, in which a browser reads no variable.
    shape = _FILL.sub(lambda found: f'style="fill:{_colour(found[1])}"', shape)
    return _STYLE.sub(lambda found: f'style="{_styled(found[1])}"', shape)


def _styled(style: str) -> str:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    kept = {name.strip(): value.strip() for name, value in pairs}
    wanted = ("fill", "stroke", "stroke-width")
    coloured = {name: kept[name] for name in wanted if name in kept}
    return ";".join(f"{name}:{_colour(value)}" for name, value in coloured.items())


def _colour(value: str) -> str:
    return _COLOURS.get(value.upper(), "currentColor") if value.startswith("#") else value
