"""The steps that clean and describe documents, in their order; none of them judges.

Policy comes before anything that looks at a text, and personal data goes before anything is
measured on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tertulia.corpus.contamination.step import contamination
from tertulia.corpus.normalise import normalise
from tertulia.corpus.personal_data.step import personal_data
from tertulia.corpus.policy import policy
from tertulia.corpus.quality.signals import quality_signals
from tertulia.corpus.selection import language_tags
from tertulia.corpus.step import Step
from tertulia.recipe.stages import DocumentsSpec

OPT_OUT = "opt-out"
INDEX = "index"


def annotating_steps(spec: DocumentsSpec, lists: Mapping[str, Sequence[str]]) -> tuple[Step, ...]:
    """What each batch of documents goes through.

    `lists` holds paths: of opt-out lists under `OPT_OUT`, of an n-gram index under `INDEX`.
    Raises DataError for a list that cannot be read.
    """
    opt_outs = [Path(path) for path in lists.get(OPT_OUT, ())]
    steps = [
        normalise(),
        *policy(spec.policy, opt_outs),
        language_tags(),
    ]
    if spec.language.identify != "never":
        from tertulia.corpus.language_id.step import language_id_step

        steps.append(language_id_step(spec.language))
    if spec.language.segment:
        from tertulia.corpus.language_id.step import segment_step

        steps.append(segment_step(spec.language))
    if spec.personal_data.replace or spec.personal_data.names:
        steps.append(personal_data(spec.personal_data))
    if spec.measure_quality:
        steps.append(quality_signals())
    steps += [contamination(Path(path)) for path in lists.get(INDEX, ())]
    return tuple(steps)
