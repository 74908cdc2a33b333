"""The phases of alignment: instruction tuning, then preferences; either may be left out.

Each phase has checkpoints of its own in scratch. Once the second has one, the first is not run
again: what it came to is in the weights of that checkpoint.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tertulia.compute.machine import Machine
from tertulia.compute.world import current_world
from tertulia.model.transformer import Transformer
from tertulia.recipe.preference_spec import PreferenceSpec
from tertulia.store.atomic import write_text
from tertulia.store.draft import Draft
from tertulia.train.batch import Objective
from tertulia.train.forward import Forward
from tertulia.train.loop import Loop, LoopSettings, TrainingSummary
from tertulia.train.observers.choose import choose_observers
from tertulia.train.optimizer import Rates
from tertulia.train.preference import PreferenceTuning, reference_log_probabilities
from tertulia.train.preference_data import PreferencePair
from tertulia.train.reference_file import read_reference, write_reference

_WARMUP, _DECAY = 0.05, 0.95
_SUMMARY = "instructed.json"


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One training loop of the stage."""

    name: str
    scratch: Path
    rates: Rates

    def run(
        self, model: Transformer, objective: Objective, machine: Machine, out: Draft
    ) -> TrainingSummary:
        """Trains to the end of this phase; raises Resumable as the loop does."""
        settings = LoopSettings(rates=self.rates, warmup_fraction=_WARMUP, decay_fraction=_DECAY)
        observers = choose_observers(out, "" if self.name == "align" else self.name)
        loop = Loop(model, objective, settings, machine, self.scratch, observers=observers)
        return loop.run(self.name)


def instruct(
    model: Transformer,
    objective: Objective,
    rates: Rates,
    machine: Machine,
    out: Draft,
    *,
    over: bool,
) -> TrainingSummary:
    """Instruction tuning; where it is `over`, what it came to, and the model is left alone."""
    done = out.scratch / _SUMMARY
    if over:
        return TrainingSummary(**json.loads(done.read_text(encoding="utf-8")))
    phase = Phase(name="align", scratch=out.scratch, rates=rates)
    summary = phase.run(model, objective, machine, out)
    if current_world().rank == 0:
        write_text(done, json.dumps(asdict(summary)))
    return summary


def prefer(
    model: Transformer,
    pairs: Sequence[PreferencePair],
    spec: PreferenceSpec,
    rates: Rates,
    machine: Machine,
    out: Draft,
    *,
    context: int,
    seed: int,
    begun: bool,
) -> TrainingSummary:
    """Preference tuning from the model as it is, which is also DPO's reference.

    Where it has `begun`, the model's weights and the reference are those in scratch.
    """
    scratch, first = _preference_folder(out), current_world().rank == 0
    if first and not begun:
        shutil.rmtree(scratch, ignore_errors=True)
    reference_N2 = None
    if spec.method == "dpo" and begun:
        reference_N2 = read_reference(scratch, pairs)
    elif spec.method == "dpo":
        reference_N2 = reference_log_probabilities(Forward(model, machine), pairs, context)
        if first:
            write_reference(scratch, pairs, reference_N2)
    objective = PreferenceTuning(
        pairs,
        context=context,
        batch_rows=spec.batch_tokens // context,
        method=spec.method,
        beta=spec.beta,
        epochs=spec.epochs,
        seed=seed,
        reference_N2=reference_N2,
    )
    summary = Phase(name="preference", scratch=scratch, rates=rates).run(
        model, objective, machine, out
    )
    out.counts["preference_steps"] = summary.steps
    if first:
        with (out.path / "preference_log.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in summary.log)
    return summary


def preference_begun(
    out: Draft, pairs: Sequence[PreferencePair], spec: PreferenceSpec | None
) -> bool:
    """Whether an earlier attempt left the second phase in a state to go on from.

    DPO's reference belongs to that state: where it is damaged, the phase begins anew.
    """
    folder = _preference_folder(out)
    if spec is None or not any(folder.glob("checkpoint-*")):
        return False
    return spec.method != "dpo" or read_reference(folder, pairs) is not None


def _preference_folder(out: Draft) -> Path:
    return out.scratch / "preference"
