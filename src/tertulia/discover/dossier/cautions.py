"""What stands in for something else, and what only a laboratory can tell."""

from __future__ import annotations

from tertulia.discover.outcome import Candidate, Outcome
from tertulia.messages import mark, tr

PROXIES = {
    "gap-for-transparency": mark(
        "The HOMO–LUMO gap by GFN2-xTB stands in for little absorption at 193 nm. It is a "
        "difference of orbital energies and no excitation."
    ),
    "gfn2-acidity": mark(
        "The deprotonation energy by GFN2-xTB ranks acids within a family. Acidities come from it "
        "by calibration on measured acids, and hold with their intervals only: pKa in water, the "
        "difference from the reference in acetonitrile."
    ),
    "written-tautomer": mark(
        "The acid as written need not be the most stable one: another atom may hold the proton "
        "better. By their written form carbon acids, above all, look too strong. The search, the "
        "conformers and density functional theory take acids as written; the acidities of anchors "
        "and finalists are those of their most stable acids."
    ),
    "ranked-family": mark(
        "A family with fewer than 15 measured acids is ranked only: its interval comes from "
        "other families and is wide."
    ),
    "extrapolated": mark(
        "Extrapolated: the energy lies beyond those of all measured acids of the family, or none "
        "was measured; the interval is wider for it."
    ),
    "accessibility-score": mark(
        "The accessibility score counts common fragments; it knows no route and no price."
    ),
    "advisory-models": mark(
        "Models of properties learnt from neutral molecules, such as solubility in water: for "
        "salts they are advice at most, and outside their domain the answer is unknown."
    ),
    "ion-pair": mark(
        "The ion pair is one pair in a continuum: no resist, no entropy, no other ions."
    ),
    "dft": mark(
        "Density functional theory was computed at xTB geometries, without vibrations or entropy."
    ),
    "excitations": mark(
        "Excitations are vertical, of a single anion in vacuum; the same method puts benzene's "
        "first states 0.7 to 1 eV too high."
    ),
    "not-computed": mark(
        "Nothing here says anything of quantum yield, diffusion, outgassing or line edges: no "
        "exposure was simulated."
    ),
}
"""By code: what is computed in place of what is meant."""
LABORATORY = {
    "synthesis": mark("a route of synthesis, and its cost and purity, metals included"),
    "photolysis": mark("the quantum yield of photolysis of the salt, and what else it forms"),
    "absorption": mark("absorption of the salt in the resist at 193 and 248 nm"),
    "dill-c": mark("Dill's C: the speed of acid generation in the resist"),
    "diffusion": mark("how far the acid diffuses while baked (blur), and the line edges"),
    "outgassing": mark("outgassing under exposure, and volatility of the acid"),
    "thermal": mark("thermal stability (decomposition temperature Td)"),
    "hygroscopy": mark("hygroscopicity, shelf life, and solubility in resist solvents"),
    "electron-affinity": mark("electron affinity for extreme ultraviolet (EUV)"),
    "toxicity": mark(
        "toxicity and biodegradation of the anion, and of the triphenylsulfonium cation"
    ),
    "safety": mark("calorimetry before any larger amount is made or heated"),
    "law": mark("patents, and registration under REACH"),
}
"""By code: what a chemist must still check."""


def campaign_proxies(outcome: Outcome) -> tuple[str, ...]:
    """Codes of those that bear on any number of a campaign."""
    shown = {
        code
        for one in (*outcome.anchors.values(), *outcome.candidates)
        for code in candidate_proxies(one)
    }
    return tuple(code for code in PROXIES if code in shown)


def candidate_proxies(candidate: Candidate) -> tuple[str, ...]:
    """Codes of those that bear on the numbers of a candidate."""
    done = {tier.tier for tier in candidate.tiers if tier.done}
    left_out = {code for code in ("ion-pair", "dft", "excitations") if code not in done}
    if candidate.acidity is None or candidate.acidity.standing != "ranked":
        left_out.add("ranked-family")
    if candidate.acidity is None or candidate.acidity.pka.known:
        left_out.add("extrapolated")
    if not candidate.advisory:
        left_out.add("advisory-models")
    return tuple(code for code in PROXIES if code not in left_out)


def proxy_texts(codes: tuple[str, ...]) -> list[str]:
    """In the reader's language."""
    return [tr(PROXIES[code]) for code in codes]


def laboratory_texts() -> list[str]:
    """What a chemist must still check, in the reader's language."""
    return [tr(text) for text in LABORATORY.values()]
