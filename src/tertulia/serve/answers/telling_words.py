"""Small words that turn what a statement says: not, must, may, only, more; and opposites.

Written by hand for the six languages; matched as whole folded words, so that inflected forms stand
here one by one. Catalan and Valencian share a list.
"""

from __future__ import annotations

from functools import cache

from tertulia.languages import recipe_base
from tertulia.serve.retrieval.folding import fold, words
from tertulia.serve.retrieval.stemming import stem

KINDS = ("negation", "duty", "permission", "only", "always", "more", "less", "bound")

_WORDS = {
    "es": """
        negation: no ni sin nunca jamás tampoco ningún ninguno ninguna nadie nada excepto salvo
        duty: debe deben deberá deberán debía debería hay obligatorio obligatoria obligatorios
          obligatorias obligado obligada obligados obligadas preciso necesario necesaria exige
          exigen requiere requieren hace imprescindible
        permission: puede pueden podrá podrán podía podría permite permiten posible permitido
          permitida opcional voluntario
        only: solo sólo solamente únicamente exclusivamente único única únicos únicas
        always: siempre todos todas todo toda cualquier cualquiera cada automáticamente
          definitivamente completamente
        more: más mayor mayores superior superiores supere superan aumenta aumentan
        less: menos menor menores inferior inferiores reduce reducen
        bound: máximo máxima mínimo mínima límite hasta antes después""",
    "ca": """
        negation: no ni sense mai tampoc cap ningú res pas excepte llevat
        duty: cal caldrà calia ha han haurà hauran havia deu deuen obligatori obligatòria
          obligatoris obligatòries obligat obligada necessari necessària exigeix exigix exigeixen
          requereix requerix imprescindible
        permission: pot poden podrà podran podia permet permeten possible permés permès opcional
          voluntari
        only: només sols solament únicament exclusivament únic única únics úniques
        always: sempre tots totes tot tota qualsevol cada automàticament completament
        more: més major majors superior superiors supera augmenta augmenten
        less: menys menor menors inferior inferiors redueix reduïx
        bound: màxim màxima mínim mínima límit fins abans després""",
    "gl": """
        negation: non nin sen nunca xamais tampouco ningún ningunha ninguén nada agás salvo excepto
        duty: debe deben deberá deberán debía ten teñen hai obrigatorio obrigatoria obrigatorios
          obrigatorias obrigado obrigada cómpre compre necesario necesaria esixe esixen require
          imprescindible
        permission: pode poden poderá poderán podía permite permiten posible permitido opcional
          voluntario
        only: só soamente unicamente exclusivamente único única únicos únicas
        always: sempre todos todas todo toda calquera cada automaticamente completamente
        more: máis maior maiores superior superiores supera aumenta aumentan
        less: menos menor menores inferior inferiores reduce reducen
        bound: máximo máxima mínimo mínima límite ata antes despois""",
    "eu": """
        negation: ez ezin gabe inoiz ezta inor inork ezer inolako ezean izan ezik
        duty: behar beharko beharrezkoa beharrezko derrigorrezkoa derrigorrez nahitaezkoa
          nahitaez derrigorrezko eskatzen
        permission: daiteke daitezke dezake dezakegu dezakete dezakezu ahal baimentzen aukerakoa
          aukera posible
        only: soilik bakarrik baino bakarra bakarrean besterik
        always: beti guztiak guztiek guztietan guztia guzti edozein bakoitza bakoitzak bakoitzean
          automatikoki erabat
        more: gehiago handiagoa handiagoak handiago gorago gehitzen gehien
        less: gutxiago txikiagoa txikiagoak txikiago beherago murrizten gutxien
        bound: gehienez gutxienez gehieneko gutxieneko muga arte baino aurretik ondoren""",
    "en": """
        negation: no not nor without never neither none nobody nothing except unless cannot
        duty: must shall should required requires require mandatory obligatory necessary obliged
          needs need
        permission: may can could might allows allow possible allowed optional voluntary
        only: only solely exclusively sole
        always: always all every any each automatically entirely completely
        more: more greater larger higher exceeds increases above
        less: less fewer smaller lower reduces below
        bound: maximum minimum most least limit until before after""",
}

_OPPOSITES = {
    "es": """activa/desactiva activar/desactivar abre/cierra abrir/cerrar máximo/mínimo
        antes/después mayor/menor más/menos primero/último primera/última izquierda/derecha
        superior/inferior arriba/abajo incluye/excluye incluir/excluir permite/impide
        permite/prohíbe aumenta/reduce aumentar/reducir público/privado pública/privada
        obligatorio/voluntario siempre/nunca todos/ninguno con/sin horizontal/vertical
        automático/manual mantiene/elimina añade/elimina principio/final interno/externo
        positivo/negativo mismo/distinto nacional/internacional local/remoto visible/oculto
        dentro/fuera interior/exterior acepta/rechaza aprueba/deroga cliente/servidor""",
    "ca": """activa/desactiva activar/desactivar obri/tanca obre/tanca obrir/tancar màxim/mínim
        abans/després major/menor més/menys primer/últim primer/darrer primera/última
        esquerra/dreta superior/inferior amunt/avall inclou/exclou permet/impedeix permet/prohibeix
        augmenta/redueix públic/privat pública/privada obligatori/voluntari sempre/mai tots/cap
        amb/sense horitzontal/vertical automàtic/manual manté/elimina afegix/elimina
        afegeix/suprimeix principi/final intern/extern positiu/negatiu mateix/diferent
        visible/ocult dins/fora interior/exterior accepta/rebutja aprova/deroga client/servidor
        intern/lliure""",
    "gl": """activa/desactiva activar/desactivar abre/pecha abrir/pechar máximo/mínimo
        antes/despois maior/menor máis/menos primeiro/último primeira/última esquerda/dereita
        superior/inferior arriba/abaixo inclúe/exclúe permite/impide permite/prohibe
        aumenta/reduce público/privado pública/privada obrigatorio/voluntario sempre/nunca
        todos/ningún con/sen horizontal/vertical automático/manual mantén/elimina engade/elimina
        principio/final interno/externo positivo/negativo mesmo/distinto visible/oculto
        dentro/fóra interior/exterior acepta/rexeita aproba/derroga cliente/servidor""",
    "eu": """aktibatu/desaktibatu gaitu/desgaitu ireki/itxi gehienez/gutxienez
        gehieneko/gutxieneko aurretik/ondoren handiagoa/txikiagoa handiago/txikiago
        gehiago/gutxiago lehen/azken lehena/azkena ezkerreko/eskuineko ezkerrean/eskuinean
        goiko/beheko goian/behean onartzen/baztertzen baimentzen/debekatzen handitu/txikitu
        handitzen/murrizten publiko/pribatu nahitaezko/borondatezko beti/inoiz guztiak/bat
        horizontal/bertikal automatiko/eskuzko gehitu/kendu gehitzen/ezabatzen hasiera/amaiera
        barne/kanpo barruko/kanpoko positibo/negatibo bera/desberdin ikusgai/ezkutu
        bezero/zerbitzari""",
    "en": """enable/disable open/close maximum/minimum before/after greater/smaller more/less
        first/last left/right upper/lower include/exclude allow/prevent allow/forbid
        increase/reduce public/private mandatory/voluntary always/never all/none with/without
        horizontal/vertical automatic/manual keep/remove add/remove beginning/end
        internal/external positive/negative same/different visible/hidden inside/outside
        accept/reject client/server""",
}

_NUMBERS = {
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte",
    "ca": "dos tres quatre cinc sis set vuit nou deu onze dotze tretze catorze quinze "
    "setze disset divuit dinou vint",
    "gl": "dous tres catro cinco seis sete oito nove dez once doce trece catorce quince "
    "dezaseis dezasete dezaoito dezanove vinte",
    "eu": "bi hiru lau bost sei zazpi zortzi bederatzi hamar hamaika hamabi hamahiru hamalau "
    "hamabost hamasei hamazazpi hamazortzi hemeretzi hogei",
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty",
}
_FURTHER_NUMBERS = {
    "es": {"dieciseis": 16, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60},
    "ca": {"dues": 2, "huit": 8, "dèsset": 17, "dihuit": 18, "trenta": 30, "quaranta": 40,
           "cinquanta": 50, "seixanta": 60},
    "gl": {"dúas": 2, "trinta": 30, "corenta": 40, "cincuenta": 50, "sesenta": 60},
    "eu": {"biko": 2, "hiruko": 3, "hogeita": 20, "berrogei": 40, "hirurogei": 60},
    "en": {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60},
}  # fmt: skip
_MONTHS = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "ca": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "gl": "xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro",
    "eu": "urtarril otsail martxo apiril maiatz ekain uztail abuztu irail urri azaro abendu",
    "en": "january february march april may june july august september october november december",
}


@cache
def telling_words(language: str | None) -> dict[str, frozenset[str]]:
    """Folded words by each of `KINDS`; empty for a language that is not one of the six."""
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    kind = KINDS[0]
    for word in _WORDS.get(_written(language), "").split():
        if word.endswith(":"):
            kind = word.removesuffix(":")
        else:
            found[kind].add(fold(word))
    return {kind: frozenset(members) for kind, members in found.items()}


@cache
def opposites(language: str | None) -> dict[str, frozenset[str]]:
    """The stems of the opposites of each stem."""
    base = _written(language)
    found: dict[str, frozenset[str]] = {}
    for pair in _OPPOSITES.get(base, "").split():
        one, other = (stem(fold(word), base) for word in pair.split("/"))
        found[one] = found.get(one, frozenset()) | {other}
        found[other] = found.get(other, frozenset()) | {one}
    return found


@cache
def number_words(language: str | None) -> dict[str, int]:
    """The value of folded words for numbers from two on."""
    base = _written(language)
    found = {fold(word): value for value, word in enumerate(_NUMBERS.get(base, "").split(), 2)}
    return found | {fold(word): value for word, value in _FURTHER_NUMBERS.get(base, {}).items()}


@cache
def months(language: str | None) -> dict[str, int]:
    """The number of each folded name of a month."""
    return {name: place for place, name in enumerate(words(_MONTHS.get(_written(language), "")), 1)}


def _written(language: str | None) -> str:
    base = recipe_base(language) or ""
    return "ca" if base == "ca-valencia" else base
