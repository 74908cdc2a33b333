"""How these tests measure a text, and clean text of each language to start from."""

# ruff: noqa: E501
from __future__ import annotations

from typing import Any

import polars as pl

from tertulia.corpus.quality.decision import quality_decision
from tertulia.corpus.quality.signals import PREFIX, quality_signals
from tertulia.recipe.quality_spec import QualitySpec

STORIES = {
    "es": """Aquella mañana la abuela se levantó antes de que saliera el sol y bajó a la cocina a
encender el fuego. Fuera llovía, como había llovido toda la semana, y en el patio los gatos se
escondían debajo del carro. Cuando llegamos nosotros ya había puesto la mesa: pan, queso, un poco
de miel y el café que tanto le gustaba. Nos preguntó por la escuela y por los vecinos, y luego nos
contó, una vez más, cómo había cruzado el río con su hermano el año de la gran nevada.""",
    "ca": """Aquell matí l'àvia es va llevar abans que sortís el sol i va baixar a la cuina a encendre
el foc. A fora plovia, com havia plogut tota la setmana, i al pati els gats s'amagaven sota el
carro. Quan vam arribar nosaltres ja havia parat la taula: pa, formatge, una mica de mel i el cafè
que tant li agradava. Ens va preguntar per l'escola i pels veïns, i després ens va explicar, un cop
més, com havia travessat el riu amb el seu germà l'any de la gran nevada i de la col·lecta.""",
    "ca-valencia": """Aquell matí la iaia es va alçar abans que isquera el sol i va baixar a la cuina a
encendre el foc. Fora plovia, com havia plogut tota esta setmana, i en el pati els gats s'amagaven
davall del carro. Quan vam arribar nosaltres ja havia parat la taula: pa, formatge, un poc de mel i
el café que tant li agradava. Ens va preguntar per l'escola i pels veïns, i després ens va contar,
una vegada més, com havia creuat el riu amb el seu germà l'any de la gran nevada.""",
    "eu": """Goiz hartan amona eguzkia atera baino lehen jaiki zen eta sukaldera jaitsi zen sua piztera.
Kanpoan euria ari zuen, aste osoan egin zuen bezala, eta patioan katuak gurdiaren azpian ezkutatzen
ziren. Gu iritsi ginenean mahaia jarrita zegoen jada: ogia, gazta, ezti pixka bat eta hainbeste
gustatzen zitzaion kafea. Eskolaz eta auzokoez galdetu zigun, eta gero berriro kontatu zigun nola
igaro zuen ibaia bere anaiarekin elurte handiaren urtean, oraindik ume bat besterik ez zela.""",
    "gl": """Aquela mañá a avoa ergueuse antes de que saíse o sol e baixou á cociña a prender o lume.
Fóra chovía, como chovera toda a semana, e no patio os gatos agochábanse debaixo do carro. Cando
chegamos nós xa puxera a mesa: pan, queixo, un pouco de mel e o café que tanto lle gustaba.
Preguntounos pola escola e polos veciños, e despois contounos, unha vez máis, como cruzara o río
co seu irmán no ano da gran nevarada, cando aínda non había ponte ningunha.""",
}
NOTICES = {
    "es": """Artículo 3. Las personas interesadas podrán presentar sus solicitudes en el plazo de veinte
días hábiles, contados desde el siguiente al de la publicación de esta resolución. Las solicitudes
se dirigirán al órgano competente, junto con la documentación que se indica en el anexo. Contra
esta resolución, que no pone fin a la vía administrativa, se podrá interponer recurso de alzada.""",
    "ca": """Article 3. Les persones interessades poden presentar les sol·licituds en el termini de vint
dies hàbils, comptats des de l'endemà de la publicació d'aquesta resolució. Les sol·licituds
s'han d'adreçar a l'òrgan competent, juntament amb la documentació que s'indica a l'annex. Contra
aquesta resolució, que no exhaureix la via administrativa, es pot interposar un recurs d'alçada.""",
    "ca-valencia": """Article 3. Les persones interessades podran presentar les sol·licituds en el termini
de vint dies hàbils, comptats des de l'endemà de la publicació d'esta resolució. Les sol·licituds
es dirigiran a l'òrgan competent, junt amb la documentació que s'indica en l'annex. Contra esta
resolució, que no posa fi a la via administrativa, es podrà interposar un recurs d'alçada.""",
    "eu": """3. artikulua. Interesdunek hogei egun balioduneko epean aurkeztu ahal izango dituzte
eskabideak, ebazpen hau argitaratu eta hurrengo egunetik zenbatzen hasita. Eskabideak organo
eskudunari zuzendu behar zaizkio, eranskinean adierazten den dokumentazioarekin batera. Ebazpen
honek ez du amaiera ematen administrazio-bideari, eta gora jotzeko errekurtsoa aurkez daiteke.""",
    "gl": """Artigo 3. As persoas interesadas poderán presentar as súas solicitudes no prazo de vinte
días hábiles, contados desde o seguinte ao da publicación desta resolución. As solicitudes
dirixiranse ao órgano competente, xunto coa documentación que se indica no anexo. Contra esta
resolución, que non pon fin á vía administrativa, poderase interpoñer recurso de alzada.""",
}


def frame_of(*texts: str, language: str | None = "es") -> pl.DataFrame:
    """A batch of texts in one language."""
    return pl.DataFrame(
        {"text": list(texts), "language": [language] * len(texts)},
        schema={"text": pl.String, "language": pl.String},
    )


def signals(text: str, language: str | None = "es") -> dict[str, Any]:
    """All signals of one text, by their names."""
    row = quality_signals().apply(frame_of(text, language=language)).row(0, named=True)
    return {k.removeprefix(PREFIX): v for k, v in row.items() if k.startswith(PREFIX)}


def reason(text: str, language: str | None = "es", **spec: Any) -> str | None:
    """Why the decision drops the text, or None."""
    measured = quality_signals().apply(frame_of(text, language=language))
    dropped = quality_decision(QualitySpec(**spec)).apply(measured)["dropped"][0]
    return None if dropped is None else str(dropped)
