"""The funnel as inline SVG: a bar for each step, as long as the documents it left.

No script and no colours of its own: the page's style sheet colours the classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 720, 190, 150, 26, 6


def draw_funnel(
    steps: Sequence[Mapping[str, Any]], *, title: str, dropped: str, number: Callable[[int], str]
) -> str:
    """Bars of the ledger's `funnel` entries; `number` writes counts, `dropped` names the loss."""
    most = max((step["documents_in"] for step in steps), default=0) or 1
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    height = _TOP * 2 + _ROW * len(steps)
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>"
    ]
    for row, step in enumerate(steps):
        y = _TOP + _ROW * row
        kept, lost = step["documents_out"], step["documents_in"] - step["documents_out"]
        # A step that splits documents gives more than it got, and loses none.
        lost = max(lost, 0)
        words = number(kept) + (f" (−{number(lost)})" if lost else "")
        said = f"{step['step']}: {number(kept)}; {dropped} {number(lost)}"
        parts.append(f"<g><title>{escape(said)}</title>")
        parts.append(_text("name", _LEFT - 10, y + 17, step["step"], "end"))
        parts.append(_bar("kept", _LEFT, y + 4, kept * scale))
        if lost:
            parts.append(_bar("lost", _LEFT + kept * scale, y + 4, lost * scale))
        parts.append(_text("tick", _LEFT + max(kept, kept + lost) * scale + 8, y + 17, words))
        parts.append("</g>")
    return "".join([*parts, "</svg>"])


def _bar(kind: str, x: float, y: float, width: float) -> str:
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" '
        f'height="{_ROW - 8}"/>'
    )


def _text(kind: str, x: float, y: float, text: str, anchor: str = "start") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )
