"""What a question asks for, by its first words: a number, a time, a name, a place, a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from tertulia.languages import recipe_base
from tertulia.serve.answers.claims import Claims
from tertulia.serve.retrieval.folding import fold, words

_ASKED = {
    "es": {
        "number": r"cuant[oa]s?|que (?:porcentaje|cantidad|importe|numero|limite|parte|proporcion)"
        r"|que (?:edad|precio|tamaño|tipo de interes)",
        "time": r"cuando|que (?:dia|fecha|año|mes|meses|plazo|horario|hora)"
        r"|cuanto tiempo",
        "name": r"quien|quienes|que (?:ley|decreto|orden|organo|organismo|entidad|norma|persona|"
        r"ministerio|circular|resolucion|articulos?)|como se (?:llama|titula)",
        "means": r"como|de que (?:manera|modo|forma)",
        "reason": r"por que|para que|con que (?:fin|motivo)|debido a que",
    },
    "ca": {
        "number": r"quant(?:s|a|es)?|quin(?:a)? (?:percentatge|quantitat|import|nombre|limit|part)",
        "time": r"quan|quin(?:a|s|es)? (?:dia|data|any|mes|termini|horari|hora)"
        r"|quant de temps",
        "name": r"qui|quin(?:a|s|es)? (?:llei|decret|ordre|organ|organisme|entitat|norma|persona|"
        r"ministeri|conselleria|resolucio|articles?)|com es diu",
        "means": r"com|de quina manera",
        "reason": r"per que|per a que|amb quin (?:fi|motiu|objectiu)",
    },
    "gl": {
        "number": r"cant[oa]s?|que (?:porcentaxe|cantidade|importe|numero|limite|parte)",
        "time": r"cando|que (?:dia|data|ano|mes|prazo|horario|hora)"
        r"|canto tempo",
        "name": r"quen|que (?:lei|decreto|orde|organo|organismo|entidade|norma|persoa|"
        r"conselleria|resolucion|artigos?)|como se chama",
        "means": r"como|de que (?:maneira|xeito|modo)",
        "reason": r"por que|para que|con que (?:fin|motivo)",
    },
    "eu": {
        "number": r"zenbat\w*|ehuneko zenbat",
        "time": r"noiz\w*|zein (?:egun|data|urte|hilabete)\w*|zer (?:egun|data|urte|ordu)\w*"
        r"|zenbat denbora",
        "name": r"nork|nor|nori|zein (?:lege|dekretu|agindu|erakunde|pertsona)\w*"
        r"|nola (?:du izena|deitzen)",
        "means": r"nola|zer moduz|zelan",
        "reason": r"zergatik|zertarako|zer dela eta",
    },
    "en": {
        "number": r"how (?:many|much|old|large|long|often|high)"
        r"|what (?:percentage|share|amount|number|limit)",
        "time": r"when|what (?:day|date|year|month|deadline|time)|how long",
        "name": r"who|whom|which (?:law|decree|order|body|person|article)s?|what is the name",
        "means": r"how",
        "reason": r"why|what for",
    },
}
_MEANS = re.compile(
    r"[→▸]|\b(?:puls|clic|prem|sakatu|escrib|escriu|idatz|marqu|selecc|hautatu|obr|abr|ireki|eleg"
    r"|escoll|triï?|click|press|select|choose|open|type|medi(?:ante|ant)|bitartez|using)",
    re.I,
)
_REASON = re.compile(
    r"\b(?:porque|ya que|debido|para|puesto que|con el fin|a fin|perque|per a|per tal|ja que|atès"
    r"|xa que|polo que|co fin|para que|lako|elako|delako|arren|helburu\w*|because|since|in order"
    r"|so that)\b|\w+(?:tzeko|lako|teko|larik)\b",
    re.I,
)


@dataclass(frozen=True)
class AskedKinds:
    """What a question asks for; empty where its words do not tell."""

    kinds: frozenset[str]

    def fit(self, text: str, told: Claims) -> bool | None:
        """Whether a sentence has anything of the kind; None where no kind is asked for."""
        if not self.kinds:
            return None
        return any(_THERE[kind](text, told) for kind in self.kinds)


_THERE: Mapping[str, Callable[[str, Claims], bool]] = {
    "number": lambda _, told: any(not n.startswith("month") for n in told.numbers),
    "time": lambda _, told: bool(told.numbers),
    "name": lambda _, told: bool(told.names),
    "means": lambda text, _: _MEANS.search(fold(text)) is not None,
    "reason": lambda text, _: _REASON.search(fold(text)) is not None,
}


def asked_kinds(question: str, language: str | None) -> AskedKinds:
    """The kinds asked for anywhere in the question: it may begin with a condition."""
    base = recipe_base(language) or ""
    patterns = _patterns("ca" if base == "ca-valencia" else base)
    plain = " ".join(words(question))
    first = {kind: match.start() for kind, p in patterns.items() if (match := p.search(plain))}
    # `How long` is a time although `how` is a means.
    earliest = min(first.values(), default=0)
    found = [kind for kind in patterns if first.get(kind) == earliest]
    return AskedKinds(frozenset(found[:1]))


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    order = ("time", "number", "name", "reason", "means")
    written = _ASKED.get(language, {})
    return {kind: re.compile(rf"\b(?:{written[kind]})\b") for kind in order if kind in written}
