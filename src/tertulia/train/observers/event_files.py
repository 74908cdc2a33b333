"""TensorBoard's event files, written by tensorboardX where that is installed and asked for.

They lie in `runs/NAME/tensorboard/STAGE-KEY16`. An attempt that resumes begins a file of its own
with the format's mark that takes back what earlier files hold of the steps it will do again.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.errors import MissingExtraError

if TYPE_CHECKING:
    from tertulia.train.observer import RunFacts, StepReport


def require_tensorboard() -> None:
    """Raises MissingExtraError `train.missing-extra` where tensorboardX is not installed."""
    if importlib.util.find_spec("tensorboardX") is None:
        raise MissingExtraError(
            "train.missing-extra",
            "event files for TensorBoard are written with the package tensorboardX, which is not "
            "installed",
            remedy="Install it with `pip install 'tertulia[watch]'`",
        )


class EventFiles:
    """Writes the figures of each step as scalars."""

    def __init__(self, folder: Path) -> None:
        """Raises MissingExtraError `train.missing-extra`."""
        require_tensorboard()
        self._folder = folder
        self._writer: Any = None

    def begins(self, facts: RunFacts) -> None:
        """Begins a file; what earlier ones hold of steps beyond `first_step` is taken back."""
        tensorboard: Any = importlib.import_module("tensorboardX")
        resumed = self._folder.is_dir() and any(self._folder.iterdir())
        self._writer = tensorboard.SummaryWriter(
            str(self._folder),
            purge_step=facts.first_step + 1 if resumed else None,
            # Names hold the second, which two attempts may share.
            filename_suffix=f".{facts.first_step:09d}",
        )

    def stepped(self, report: StepReport) -> None:
        """Writes the step down under the number of steps taken."""
        from tertulia.train.observers.figures import bits_per_byte

        assert self._writer is not None, "a run begins before it steps"
        scalars = {
            "loss": report.loss,
            "rate": report.rate,
            "gradient_norm": report.gradient_norm,
            "refused": float(not report.accepted),
        }
        for language, bits in bits_per_byte([report]).items():
            scalars[f"bits_per_byte/{language}"] = bits
        for name, value in scalars.items():
            # Drawn as a gap, which is what it is.
            if math.isfinite(value):
                self._writer.add_scalar(name, value, report.step)

    def ends(self, error: BaseException | None) -> None:
        """Closes the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
