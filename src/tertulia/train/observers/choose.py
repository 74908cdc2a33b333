"""Who watches a training stage: always the progress and the metrics, others where asked for."""

from __future__ import annotations

from tertulia.store.draft import Draft
from tertulia.train.observer import Observer
from tertulia.train.observers.divergence import Divergence
from tertulia.train.observers.event_files import EventFiles
from tertulia.train.observers.metrics_file import MetricsFile
from tertulia.train.observers.progress_line import ProgressLine


def choose_observers(out: Draft, phase: str = "") -> list[Observer]:
    """The observers of the stage that writes `out`; `phase` tells loops of one stage apart.

    Raises MissingExtraError `train.missing-extra`.
    """
    suffix = f".{phase}" if phase else ""
    metrics = out.beside("metrics")
    found: list[Observer] = [
        MetricsFile(metrics.with_name(f"{metrics.name}{suffix}.jsonl")),
        Divergence(),
    ]
    if "tensorboard" in out.watch:
        events = out.beside("tensorboard")
        found.append(EventFiles(events.with_name(events.name + suffix)))
    # Last, since it holds the terminal: none who begins before it can fail while it does.
    return [*found, ProgressLine()]
