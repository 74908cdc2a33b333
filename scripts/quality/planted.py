"""Bad documents made on purpose, by kind. Fixed before any threshold was set on them.

Each kind spoils, or stands in for, a good document of 150 to 600 words. What is written out below
was written for this file; everything is drawn from a generator with a fixed seed.
"""

# ruff: noqa: E501  (texts keep the lines they were fixed with)
from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

ENGLISH = """The committee met again on Tuesday to discuss what should be done about the old bridge.
It was built more than a hundred years ago and it can no longer carry the traffic of the town.
Some of the members would have preferred to repair it, but most of them wanted a new one.
There are many reasons for this, and not all of them have to do with money or with the river.
If you walk along the bank in the evening you will see how the water has worn away the stones.
The engineers said that they could make it safe again within two years at a reasonable cost.
Nobody knows who will pay for the work, which is why the decision has been put off so often.
We have asked the neighbours what they think, and their answers were not what we had expected.
When the meeting ended, the mayor thanked everyone and promised to call them all in the spring.
These are the facts as far as we know them, and you can read the whole report in the library."""

MENUS = {
    "es": """Inicio|Quiénes somos|Noticias|Agenda|Contacto|Servicios|Productos|Tienda|Mi cuenta|Cesta|
Ayuda|Blog|Prensa|Empleo|Mapa web|Aviso legal|Accesibilidad|Síguenos|Galería|Vídeos|Descargas|Buscar|Anterior|Siguiente""",
    "ca": """Inici|Qui som|Notícies|Agenda|Contacte|Serveis|Productes|Botiga|El meu compte|Cistella|
Ajuda|Blog|Premsa|Ocupació|Mapa web|Avís legal|Accessibilitat|Segueix-nos|Galeria|Vídeos|Baixades|Cerca|Anterior|Següent""",
    "ca-valencia": """Inici|Qui som|Notícies|Agenda|Contacte|Servicis|Productes|Tenda|El meu compte|Cistella|
Ajuda|Blog|Premsa|Ocupació|Mapa web|Avís legal|Accessibilitat|Seguix-nos|Galeria|Vídeos|Descàrregues|Busca|Anterior|Següent""",
    "eu": """Hasiera|Nor gara|Albisteak|Agenda|Kontaktua|Zerbitzuak|Produktuak|Denda|Nire kontua|Saskia|
Laguntza|Bloga|Prentsa|Enplegua|Web-mapa|Lege-oharra|Irisgarritasuna|Jarraitu|Galeria|Bideoak|Deskargak|Bilatu|Aurrekoa|Hurrengoa""",
    "gl": """Inicio|Quen somos|Novas|Axenda|Contacto|Servizos|Produtos|Tenda|A miña conta|Cesta|
Axuda|Blog|Prensa|Emprego|Mapa web|Aviso legal|Accesibilidade|Séguenos|Galería|Vídeos|Descargas|Buscar|Anterior|Seguinte""",
}
BANNERS = {
    "es": """Utilizamos cookies propias y de terceros para analizar el uso del sitio web y mostrarle publicidad
relacionada con sus preferencias. Puede aceptar todas las cookies pulsando el botón Aceptar o configurar su uso. Más
información en nuestra política de cookies. Aceptar todas. Rechazar todas. Configurar cookies.""",
    "ca": """Utilitzem galetes pròpies i de tercers per analitzar l'ús del lloc web i mostrar-vos publicitat
relacionada amb les vostres preferències. Podeu acceptar totes les galetes prement el botó Accepta o configurar-ne l'ús.
Més informació a la nostra política de galetes. Accepta-les totes. Rebutja-les totes. Configura les galetes.""",
    "ca-valencia": """Utilitzem galetes pròpies i de tercers per a analitzar l'ús del lloc web i mostrar-vos
publicitat relacionada amb les vostres preferències. Podeu acceptar totes les galetes prement el botó Accepta o
configurar-ne l'ús. Més informació en la nostra política de galetes. Accepta-les totes. Rebutja-les totes.""",
    "eu": """Cookie propioak eta hirugarrenenak erabiltzen ditugu webgunearen erabilera aztertzeko eta zure
lehentasunekin zerikusia duen publizitatea erakusteko. Cookie guztiak onar ditzakezu Onartu botoia sakatuta, edo haien
erabilera konfiguratu. Informazio gehiago gure cookieen politikan. Onartu guztiak. Ukatu guztiak. Cookieak konfiguratu.""",
    "gl": """Utilizamos cookies propias e de terceiros para analizar o uso do sitio web e amosarlle publicidade
relacionada coas súas preferencias. Pode aceptar todas as cookies premendo o botón Aceptar ou configurar o seu uso. Máis
información na nosa política de cookies. Aceptar todas. Rexeitar todas. Configurar as cookies.""",
}

Spoil = Callable[[str, str, str, random.Random], str]


def _repeated_paragraph(text: str, _other: str, _tag: str, _draw: random.Random) -> str:
    return "\n\n".join([" ".join(text.split()[:60])] * 8)


def _menu(_text: str, _other: str, tag: str, draw: random.Random) -> str:
    items = MENUS[tag].replace("\n", "").split("|")
    return "\n".join(draw.choice(items) for _ in range(80))


def _keywords(text: str, _other: str, _tag: str, draw: random.Random) -> str:
    long_words = sorted({word.strip(".,;:()«»\"'") for word in text.split() if len(word) > 6})
    return ", ".join(draw.choice(long_words or ["palabra"]) for _ in range(200))


def _word_salad(text: str, _other: str, _tag: str, draw: random.Random) -> str:
    shuffled = text.split()
    draw.shuffle(shuffled)
    return " ".join(shuffled)


def _mojibake(text: str, _other: str, _tag: str, _draw: random.Random) -> str:
    return text.encode().decode("cp1252", errors="ignore")


def _lost_letters(text: str, _other: str, _tag: str, _draw: random.Random) -> str:
    return text.encode("ascii", errors="replace").decode()


def _stripped_accents(text: str, _other: str, _tag: str, _draw: random.Random) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _english_half(text: str, _other: str, _tag: str, draw: random.Random) -> str:
    words = text.split()
    lines = ENGLISH.split("\n")
    draw.shuffle(lines)
    return " ".join(words[: len(words) // 3]) + "\n" + "\n".join(lines)


def _neighbour_half(text: str, other: str, _tag: str, _draw: random.Random) -> str:
    words, others = text.split(), other.split()
    return " ".join(words[: len(words) // 2]) + "\n" + " ".join(others[: len(words) // 2])


def _banner(_text: str, _other: str, tag: str, _draw: random.Random) -> str:
    return BANNERS[tag].replace("\n", " ")


def _markup(text: str, _other: str, _tag: str, _draw: random.Random) -> str:
    escaped = text.encode("ascii", errors="xmlcharrefreplace").decode()
    return "".join(
        f'<div class="row"><p style="x">{part}</p></div>' for part in escaped.split(". ")
    )


def _script(_text: str, _other: str, _tag: str, draw: random.Random) -> str:
    return "\n".join(
        f"function f{n}(a, b) {{ if (a > {draw.randrange(99)}) {{ return b[{n}]; }} }}"
        for n in range(40)
    )


def _number_table(_text: str, _other: str, _tag: str, draw: random.Random) -> str:
    rows = (" ".join(f"{draw.random() * 1000:.2f}" for _ in range(8)) for _ in range(40))
    return "\n".join(rows)


def _gibberish(_text: str, _other: str, _tag: str, draw: random.Random) -> str:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
    return "\n".join("".join(draw.choice(letters) for _ in range(76)) for _ in range(60))


def _machine_loop(text: str, _other: str, _tag: str, _draw: random.Random) -> str:
    """A generator that got stuck: a good start, then seven words over and over."""
    words = text.split()
    return " ".join([*words[:80], *(words[80:87] * 12)])


KINDS: dict[str, Spoil] = {
    "repeated paragraph": _repeated_paragraph,
    "stuck generator": _machine_loop,
    "navigation menu": _menu,
    "keyword list": _keywords,
    "cookie banner": _banner,
    "word salad": _word_salad,
    "mojibake": _mojibake,
    "letters turned ?": _lost_letters,
    "accents stripped": _stripped_accents,
    "mostly English": _english_half,
    "half neighbour": _neighbour_half,
    "raw markup": _markup,
    "program": _script,
    "table of numbers": _number_table,
    "gibberish": _gibberish,
}
NEIGHBOUR = {"es": "ca", "ca": "es", "ca-valencia": "es", "eu": "es", "gl": "es"}
"""The language that half of a document of `half neighbour` is in."""
PER_KIND = 60


def planted(good: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    """(kind, language, text) of PER_KIND documents per kind and language, from good texts."""
    found = []
    for tag, texts in sorted(good.items()):
        others = good[NEIGHBOUR[tag]]
        for kind, spoil in KINDS.items():
            draw = random.Random(f"{tag} {kind}")
            for _ in range(PER_KIND):
                text = spoil(draw.choice(texts), draw.choice(others), tag, draw)
                found.append((kind, tag, text))
    return found
