"""Why something was dropped or failed, in the reader's language; the code stands beside it."""

from __future__ import annotations

from functools import cache

from tertulia.discover.constraints import (
    accessibility,
    critical_elements,
    explosive,
    labile,
    pfas,
    ring_strain,
    structure,
    toxic_motifs,
)
from tertulia.discover.constraints.motif import Motif
from tertulia.messages import mark, tr

_CONSTRAINTS = {
    accessibility.NAME: mark("synthetic accessibility"),
    critical_elements.NAME: mark("critical raw materials"),
    explosive.NAME: mark("explosive groups"),
    labile.NAME: mark("labile groups"),
    pfas.NAME: mark("fluorine and PFAS"),
    ring_strain.NAME: mark("rings that cannot be made"),
    structure.NAME: mark("structure"),
    toxic_motifs.NAME: mark("toxic groups"),
}
_MODULES = (
    accessibility,
    critical_elements,
    explosive,
    labile,
    pfas,
    ring_strain,
    structure,
    toxic_motifs,
)
_REASONS = {
    "acyl-cyanide": mark("acyl cyanide"),
    "acyl-halide": mark("acyl halide"),
    "acyl-sulfonyl": mark("acyl group on a sulfonyl group"),
    "alike-or-beyond-number": mark("too like a finalist, its family full, or beyond the number"),
    "anhydride": mark("anhydride"),
    "basic-amine": mark("basic amine, which would take the proton"),
    "bent-bridge": mark("flat atom in a bridge"),
    "carbon-fluorine": mark("too many carbon–fluorine bonds"),
    "carbonic-acid": mark("carbonic or carbamic acid"),
    "chain-of-heteroatoms": mark("chain of heteroatoms"),
    "charge": mark("charged atom"),
    "connectivity-changed": mark("bonds changed in the optimisation"),
    "constraint": mark("breaks a constraint"),
    "cumulene": mark("cumulated double bonds"),
    "cyanate": mark("cyanate or thiocyanate"),
    "error": mark("error in the calculation"),
    "geminal-heteroatoms": mark("two heteroatoms on one carbon"),
    "halogen-on-heteroatom": mark("halogen on a heteroatom"),
    "hydride": mark("hydrogen on phosphorus or sulfur"),
    "impossible-valence": mark("impossible valence"),
    "in-pieces": mark("fell into pieces"),
    "known-before": mark("known before: from the seed pool"),
    "low-valent-sulfur": mark("sulfur of low valence"),
    "nitro-off-ring": mark("nitro group outside a ring"),
    "no-acidity": mark("no acidity: the reference has none"),
    "no-geometry": mark("no three-dimensional geometry"),
    "no-molecule": mark("no molecule"),
    "no-number": mark("a value that is no number"),
    "no-place": mark("no place for the change"),
    "not-an-acid": mark("no acid"),
    "not-converged": mark("did not converge"),
    "open-shell": mark("unpaired electrons"),
    "outranked": mark("outranked by others"),
    "perfluorinated": mark("perfluorinated carbon"),
    "polynitro": mark("more than one nitro group"),
    "radical": mark("an unpaired electron"),
    "reference-not-excluded": mark("its interval does not exclude the reference"),
    "repeated": mark("repeated or known before"),
    "ring-size": mark("ring too large"),
    "several-acid-heads": mark("several acid groups"),
    "sites-failed": mark("no acid of its anion could be computed again"),
    "sites-not-examined": mark("not among the surest, whose protons' sites were examined"),
    "smiles-unreadable": mark("unreadable SMILES"),
    "explosive-polynitro": mark("more than one nitro group"),
    "pfas-oecd-2021": mark("a PFAS by the OECD's definition of 2021"),
    "structure-elements": mark("elements that are not allowed"),
    "structure-too-large": mark("too large"),
    "structure-too-small": mark("too small"),
    "strained-ring": mark("strained ring"),
    "timed-out": mark("took too long"),
    "too-large": mark("too large"),
    "trivalent-phosphorus": mark("trivalent phosphorus"),
    "unreadable": mark("no acid that can be read"),
    "unstable-enol": mark("unstable enol"),
    "unstable-imine": mark("unstable imine"),
    "worker-crashed": mark("the process crashed"),
}


def constraint_name(name: str) -> str:
    """Of a constraint."""
    return tr(_CONSTRAINTS[name]) if name in _CONSTRAINTS else name


def reason_name(code: str) -> str:
    """Of a reason or of a constraint's finding; the code itself where no name is known."""
    if code in _REASONS:
        return tr(_REASONS[code])
    if code in (motifs := _motifs()):
        return tr(motifs[code].name)
    constraint = _constraint_of().get(code)
    return constraint_name(constraint) if constraint else code


@cache
def _motifs() -> dict[str, Motif]:
    """Motifs of the constraints, which name themselves, by code."""
    found: dict[str, Motif] = {}
    for module in _MODULES:
        for value in vars(module).values():
            some = value if isinstance(value, tuple) else (value,)
            found |= {one.code: one for one in some if isinstance(one, Motif)}
    return found


@cache
def _constraint_of() -> dict[str, str]:
    """The constraint of each of its codes."""
    return {code: module.NAME for module in _MODULES for code in module.CODES}
