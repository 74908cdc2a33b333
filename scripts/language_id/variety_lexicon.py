"""The marker words of Catalan and of Valencian, each in a family of markers.

Families whose words are few are written out. The others are sound and spelling rules that turn a
Catalan form into the Valencian one (`mostri` into `mostre`); a pair of forms is taken where each
is several times as frequent in its own variety's text, so the rule finds no chance likeness.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:·[^\W\d_]+)*")
WRITTEN_OUT: dict[str, tuple[str, str]] = {
    "demonstrative": (
        "aquest aquesta aquests aquestes aqueix aqueixa aqueixos aqueixes",
        "este esta estos estes eixe eixa eixos eixes",
    ),
    "this": ("això", "açò"),
    "here": ("aquí", "ací"),
    "possessive": (
        "meva teva seva meves teves seves",
        "meua teua seua meues teues seues",
    ),
    "numeral": (
        "vuit vuitanta divuit disset dinou vuitè vuitena",
        "huit huitanta díhuit dihuit desset dèsset dènou denou huité huitena",
    ),
    "ordinal": (
        "cinquè sisè setè novè desè onzè dotzè tretzè vintè centè enèsim",
        "cinqué sisé seté nové desé onzé dotzé tretzé vinté centé sext quint",
    ),
    "clitic": ("us", "vos mos"),
    "time": ("avui tarda tardes aviat", "hui vesprada vesprades enguany prompte"),
    "child": (
        "nen nena nens nenes noi noia nois noies petit petita petits petites",
        "xiquet xiqueta xiquets xiquetes xic xica xicotet xicoteta xicotets xicotetes",
    ),
    "work": ("feina feines", "faena faenes"),
    "leave": (
        "sortir sortida sortides sortit surt surten sortint sortiu sortirà sortiran sorti surti",
        "eixir eixida eixides eixit ix ixen eixint eixiu eixirà eixiran isca isquen eixia eixien",
    ),
    "see": ("veure veiem veieu", "vore vorà voran voràs voria"),
    "service": ("servei serveis judici judicis", "servici servicis juí juís"),
    "order": ("ordre ordres", "orde ordes"),
    "place": (
        "endavant enrere amplada alçada sota dintre cantonada",
        "avant arrere amplària alçària llargària davall dins cantó",
    ),
    "participle": (
        "establert establerta establerts establertes complert complerta acomplert ofert oferta"
        " omplert sofert estat",
        "establit establida establits establides complit complida acomplit oferit oferida"
        " omplit sofrit sigut",
    ),
    "auxiliary": (
        "sigui siguin pugui puguin hagi hagin hàgiu estigui estiguin faci facin vagi vagin"
        " vulgui vulguin sàpiga digui diguin",
        "siga siguen puga puguen haja hagen hàgeu estiga estiguen faça facen vaja vagen"
        " vullga vullguen sàpia diga diguen",
    ),
    "verb": (
        "afegeix afegeixen obre llegeix llegeixen extreure treure néixer neix neixen sembla"
        " semblen dono dona escull aixeca aixecar cercar",
        "afig afigen òbriga obri llig lligen extraure traure nàixer naix naixen pareix pareixen"
        " dóna tria alça alçar buscar arreplegar",
    ),
    "cut": ("gairebé força malgrat tanmateix doncs", "quasi prou puix llavors"),
}
"""Family -> (Catalan words, Valencian words)."""

RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "subjunctive": (("i", "e"), ("in", "en"), ("is", "es"), ("ï", "e"), ("ïn", "en")),
    "velar subjunctive": (("gui", "ga"), ("guin", "guen"), ("guis", "gues"), ("qui", "ca")),
    "inchoative": (
        *(("eix", "ix"), ("eixen", "ixen"), ("eix", "ïx"), ("eixen", "ïxen")),
        *(("eixo", "isc"), ("eixo", "ïsc"), ("eixes", "ixes")),
    ),
    "inchoative subjunctive": (
        *(("eixi", "isca"), ("eixin", "isquen"), ("eixi", "ïsca"), ("eixin", "ïsquen")),
        *(("eixi", "esca"), ("eixin", "esquen")),
    ),
    "first person": (("o", "e"), ("o", "")),
    "past subjunctive": (
        *(("és", "ara"), ("és", "era"), ("essin", "aren"), ("essin", "eren"), ("ís", "ira")),
        *(("issin", "iren"), ("essis", "ares"), ("éssim", "àrem")),
    ),
    "infinitive": (("enir", "indre"), ("eure", "ore"), ("èixer", "éixer"), ("eixer", "éixer")),
    "accent": (("ès", "és"), ("èn", "én"), ("è", "é"), ("èixer", "éixer"), ("ència", "éncia")),
    "accent inside": (("èrem", "érem"), ("èreu", "éreu"), ("èncer", "éncer"), ("èmer", "émer")),
}
"""Family -> (ending of the Catalan form, ending of the Valencian form of the same stem)."""

SHORTEST_STEM = 3
TIMES_AS_FREQUENT = 4.0
FEWEST_LINES = 3


def line_counts(lines: Iterable[str]) -> Counter[str]:
    """In how many lines each word stands; the key `""` counts the lines."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update({"", *_WORD.findall(line.lower())})
    return counts


def marker_words(catalan: Counter[str], valencian: Counter[str]) -> dict[str, str]:
    """Word -> its family with `+` for a Valencian word and `-` for a Catalan one, sorted."""
    found: dict[str, str] = {}
    for family, (central, western) in WRITTEN_OUT.items():
        found |= {word: f"-{family}" for word in central.split()}
        found |= {word: f"+{family}" for word in western.split()}
    for family, endings in RULES.items():
        for central, western in endings:
            for form in _candidates(catalan, central):
                other = form.removesuffix(central) + western
                if form == other or form in found or other in found:
                    continue
                if _ratio(catalan, valencian, form) and _ratio(valencian, catalan, other):
                    found[form] = f"-{family}"
                    found[other] = f"+{family}"
    return dict(sorted(found.items()))


def _candidates(counts: Counter[str], ending: str) -> list[str]:
    shortest = SHORTEST_STEM + len(ending)
    return sorted(word for word in counts if word.endswith(ending) and len(word) >= shortest)


def _ratio(own: Counter[str], other: Counter[str], word: str) -> bool:
    """Whether `word` is a good deal more frequent in `own` than in `other`."""
    if own[word] < FEWEST_LINES:
        return False
    elsewhere = (other[word] + 0.5) / (other[""] + 1)
    return own[word] / (own[""] + 1) > TIMES_AS_FREQUENT * elsewhere
