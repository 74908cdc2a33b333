"""What a continued model learnt and forgot, as lines at the end of a run."""

from __future__ import annotations

from pathlib import Path


def show_forgetting(evaluation: Path) -> None:
    """Prints before and after in each language, of unseen sources where there are any.

    Nothing where the model was not continued from another.
    """
    import json

    from tertulia.cli.table import print_pairs
    from tertulia.evaluate.forgetting_table import change_text
    from tertulia.evaluate.report_words import autonym, written
    from tertulia.messages import tr

    results = json.loads((evaluation / "results.json").read_text(encoding="utf-8"))
    found = results.get("forgetting")
    if found is None:
        return
    rows = found["splits"].get("unseen") or found["splits"]["held_out"]
    print(tr("Bits per byte before and after, above 0 % something was forgotten:"))
    print_pairs(
        {
            autonym(tag): f"{written(row['before'], 3)} → {written(change['bits_per_byte'], 3)} "
            f"({change_text(change['change_percent'])})"
            for tag, row in rows.items()
            # The last model is what a user gets.
            if (change := list(row["after"].values())[-1]) is not None
        }
    )
