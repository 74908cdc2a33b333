"""Names for codes, in the reader's language; a code that has none is shown as it is."""

from __future__ import annotations

from tertulia.discover.outcome import Acidity
from tertulia.messages import mark, tr

_FAMILIES = {
    "alcohol": mark("alcohol (acid)"),
    "amide": mark("carboxamide"),
    "amine": mark("amine"),
    "azole": mark("azole (acid)"),
    "carbon": mark("carbon acid"),
    "carbonic": mark("carbonic acid"),
    "carboxylic": mark("carboxylic acid"),
    "cyanamide": mark("cyanamide"),
    "cyanocarbon": mark("cyanocarbon acid"),
    "cyclopentadiene": mark("cyclopentadiene"),
    "enol": mark("enol (acid)"),
    "hydroxamic": mark("hydroxamic acid"),
    "imide": mark("carboximide"),
    "oxime": mark("oxime"),
    "phenol": mark("phenol (acid)"),
    "phosphonic": mark("phosphonic acid"),
    "sulfinic": mark("sulfinic acid"),
    "sulfonamide": mark("sulfonamide"),
    "sulfonic": mark("sulfonic acid"),
    "sulfonimide": mark("sulfonimide"),
    "sulfonylcarbon": mark("sulfonyl carbon acid"),
    "sulfonylcyanamide": mark("sulfonylcyanamide"),
    "sulfuric-ester": mark("sulfuric ester or sulfamic acid"),
    "thiol": mark("thiol"),
}
_ANCHORS = {
    "nonaflate": mark("nonaflate"),
    "pentacyanocyclopentadienide": mark("pentacyanocyclopentadienide"),
    "tosylate": mark("tosylate"),
    "triflate": mark("triflate"),
}
_GENERATORS = {
    "anchor": mark("anchor"),
    "fragments": mark("assembly of fragments"),
    "graph-ga": mark("genetic algorithm on graphs"),
    "search": mark("search"),
    "seeds": mark("seed pool"),
    "selfies": mark("language model of SELFIES"),
}
_TIERS = {
    "conformers": mark("Conformers, GFN2-xTB"),
    "dft": mark("Density functional theory"),
    "excitations": mark("Electronic excitations of the anion"),
    "ion-pair": mark("Ion pair with triphenylsulfonium, GFN2-xTB"),
    "proton-sites": mark("Sites of the proton, GFN2-xTB"),
    "xtb": mark("Acid and anion, GFN2-xTB"),
}
_PROPERTIES = {
    "acidity": mark("Deprotonation energy"),
    "solubility": mark("solubility in water"),
    "transparency": mark("HOMO–LUMO gap of the anion"),
}
_UNITS = {"acidity": "kcal/mol", "solubility": "log10 mol/L", "transparency": "eV"}
_OBJECTIVES = {
    "acidity": mark("a strong acid: a low deprotonation energy"),
    "transparency": mark("a transparent anion: a wide HOMO–LUMO gap"),
}
_SOLVENTS = {
    "acetonitrile": mark("acetonitrile"),
    "none": mark("none (gas phase)"),
    "water": mark("water"),
}
_DEFINITIONS = {
    "eu-drinking-water": mark("Directive (EU) 2020/2184 on drinking water"),
    "eu-reach": mark("restriction proposed under REACH"),
    "none": mark("not forbidden"),
    "oecd-2021": mark("OECD, 2021"),
}
_STRATEGIES = {
    "class-random": mark("at random by class"),
    "expected-hypervolume": mark("expected hypervolume improvement"),
    "greedy": mark("highest expected value"),
    "random": mark("at random"),
    "thompson": mark("Thompson sampling"),
    "ucb": mark("upper confidence bound"),
}


def family_name(code: str) -> str:
    """Of the group that gives the proton."""
    return _name(_FAMILIES, code)


def anchor_name(code: str) -> str:
    """Of a known anion."""
    return _name(_ANCHORS, code)


def generator_name(code: str) -> str:
    """Of where a candidate comes from, or of the step that dropped it."""
    return _name(_GENERATORS, code)


def tier_name(code: str) -> str:
    """Of a level of validation, and its method."""
    return _name(_TIERS, code)


def property_name(code: str) -> str:
    """Of what a model predicts."""
    return _name(_PROPERTIES, code)


def property_unit(code: str) -> str:
    """Its unit, empty where none is known."""
    return _UNITS.get(code, "")


def objective_name(code: str) -> str:
    """Of what is sought."""
    return _name(_OBJECTIVES, code)


def solvent_name(code: str) -> str:
    """Of the continuum in which molecules are computed."""
    return _name(_SOLVENTS, code)


def definition_name(code: str) -> str:
    """Of whose definition of PFAS holds."""
    return _name(_DEFINITIONS, code)


def strategy_name(code: str) -> str:
    """Of how the next calculations are chosen."""
    return _name(_STRATEGIES, code)


def standing_name(acidity: Acidity | None) -> str:
    """How far the scale of an acidity can be trusted; empty where there is none."""
    if acidity is None:
        return ""
    name = tr("calibrated") if acidity.standing == "calibrated" else tr("ranked only")
    return name if acidity.pka.known else tr("{standing}, extrapolated", standing=name)


def yes_no(value: bool) -> str:
    """As a word."""
    return tr("yes") if value else tr("no")


def _name(names: dict[str, str], code: str) -> str:
    return tr(names[code]) if code in names else code
