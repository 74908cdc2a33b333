"""Invented names, streets and towns by language, and how an address is put together of them.

Surnames, given names, towns and street names are ordinary ones, joined at random: nobody is meant.
"""

from __future__ import annotations

from random import Random

from scripts.personal_data.numbers import digits

MEN = {
    "es": "Antonio,Manuel,José Luis,Francisco Javier,Ángel,Íñigo,Raúl,Juan de Dios",
    "ca": "Jordi,Pere,Josep Maria,Oriol,Àlex,Joan,Martí,Gerard",
    "ca-valencia": "Vicent,Ximo,Josep Lluís,Batiste,Àngel,Pau,Jaume,Ferran",
    "eu": "Mikel,Jon Ander,Iñaki,Unai,Xabier,Aitor,Gorka,Eneko",
    "gl": "Xosé,Brais,Anxo,Manuel Antón,Uxío,Roi,Xoán,Breixo",
}
WOMEN = {
    "es": "María del Carmen,Lucía,Begoña,Inés,Rocío,Ana Belén,Sofía,Mª Ángeles",
    "ca": "Montserrat,Núria,Laia,Maria Rosa,Mercè,Àgata,Júlia,Neus",
    "ca-valencia": "Empar,Maria Amparo,Desemparats,Carme,Àngels,Teresa,Vicenta,Lledó",
    "eu": "Ainhoa,Miren,Itziar,Nerea,Maite,Ane Miren,Garazi,Leire",
    "gl": "Sabela,Iria,Noa,María Xosé,Uxía,Antía,Carme,Rosalía",
}
SURNAMES = {
    "es": "García,López,Martínez,de la Fuente,Núñez,Ibáñez,Rodríguez,Peña,del Río,Sáenz",
    "ca": "Puig,Serra,Vila,Soler,Ferrer,Camps,Roca,Figueras,Martí,Bonet",
    "ca-valencia": "Peris,Llorens,Sanchis,Blasco,Ferrando,Mollà,Climent,Ribes,Vidal,Alcaraz",
    "eu": "Etxeberria,Agirre,Zubizarreta,Goikoetxea,Arana,Elizondo,Urrutia,Mendizabal,Ibarra,Otxoa",
    "gl": "Fernández,Pazos,Outeiro,Castro,Souto,Varela,Lourido,Rei,Freire,Carballo",
}
STREETS = {
    "es": "Mayor,de Alcalá,de los Olmos,del Pintor Sorolla,Real,de la Constitución,Doctor Fleming",
    "ca": "Major,de Balmes,de la Creu,del Pintor Fortuny,de Sant Joan,d'Aragó,Nou",
    "ca-valencia": "Major,de Sant Vicent,de la Mar,de l'Hort,del Doctor Moliner,d'Alacant,de Dalt",
    "eu": "Urbieta,San Frantzisko,Goiko,Iparragirre,Zumalakarregi,Elkano,Herriko Enparantza",
    "gl": "do Vilar,Real,de San Pedro,da Raíña,do Hórreo,de Rosalía de Castro,das Hortas",
}
TOWNS = {
    "es": "28013 Madrid,41001 Sevilla,47002 Valladolid,26001 Logroño,39001 Santander,10003 Cáceres",
    "ca": "08007 Barcelona,17004 Girona,25002 Lleida,43003 Tarragona,07001 Palma,08201 Sabadell",
    "ca-valencia": "46002 València,12001 Castelló de la Plana,03801 Alcoi,46800 Xàtiva",
    "eu": "20001 Donostia,48005 Bilbo,01001 Gasteiz,31001 Iruñea,20600 Eibar,48300 Gernika-Lumo",
    "gl": "15703 Santiago de Compostela,36202 Vigo,27001 Lugo,32003 Ourense,36001 Pontevedra",
}
MONTHS = {
    "es": "enero,febrero,marzo,abril,mayo,junio,julio,septiembre,octubre,noviembre",
    "ca": "gener,febrer,març,maig,juny,juliol,setembre,novembre,desembre",
    "ca-valencia": "gener,febrer,març,maig,juny,juliol,setembre,novembre,desembre",
    "eu": "urtarrilaren,otsailaren,martxoaren,maiatzaren,ekainaren,irailaren,urriaren",
    "gl": "xaneiro,febreiro,marzo,maio,xuño,xullo,setembro,outubro,novembro",
}
_WAYS = {
    "es": "calle ,Calle ,C/ ,c/ ,C/,avenida ,Avda. ,plaza ,Pza. ,paseo ,camino ,Pº ",
    "ca": "carrer ,Carrer ,c/ ,C/ ,C. ,avinguda ,Av. ,plaça ,Pl. ,passeig ,Pg. ,ronda ",
    "ca-valencia": "carrer ,Carrer ,c/ ,C/ ,avinguda ,Av. ,plaça ,Pl. ,passeig ,camí ",
    "gl": "rúa ,Rúa ,R/ ,r/ ,avenida ,Avda. ,praza ,Pza. ,paseo ,travesía ",
}
_FLOORS = {
    "es": "2.º izda.,3º B,bajo,piso 4.º C,5º dcha.,1-A",
    "ca": "2n 1a,3r 2a,baixos,4t B,àtic 1a,1r",
    "ca-valencia": "porta 7,2n 1a,pta. 12,baix,3r B,escala 1 porta 4",
    "eu": "3. ezk.,2. esk.,behea,4. B,1. solairua,5-A",
    "gl": "2.º dta.,3º B,baixo,4.º esq.,1.º A,andar 5",
}
_BASQUE_WAYS = ("kalea", "etorbidea", "hiribidea", "plaza", "pasealekua", "bidea")


def draw(random: Random, words: dict[str, str], language: str) -> str:
    """One of the comma-separated words of `language`."""
    return random.choice(words[language].split(","))


def name(random: Random, given: dict[str, str], language: str) -> str:
    """A given name and two surnames, now and then in capitals or joined by `i`."""
    first, second = (draw(random, SURNAMES, language) for _ in range(2))
    joined = " i " if language.startswith("ca") and random.random() < 0.3 else " "
    whole = f"{draw(random, given, language)} {first}{joined}{second}"
    return whole.upper() if random.random() < 0.1 else whole


def address(random: Random, language: str) -> str:
    """Street and number, often with floor, postal code and town, in the order of the language."""
    street, number = draw(random, STREETS, language), str(random.randint(1, 180))
    if language == "eu":
        way = random.choice(_BASQUE_WAYS)
        start = random.choice([f"{street} {way}, {number}", f"{street} {way} {number}"])
        start = random.choice([start, start, f"{street} k. {number}"])
    else:
        between = random.choice([", ", ", ", " ", ", n.º ", ", núm. "])
        start = f"{draw(random, _WAYS, language)}{street}{between}{number}"
    parts = [start]
    if random.random() < 0.55:
        parts.append(draw(random, _FLOORS, language))
    if random.random() < 0.55:
        parts.append(draw(random, TOWNS, language))
    return ", ".join(parts)


def date(random: Random, language: str) -> str:
    """A date in figures or in words."""
    day, year = random.randint(1, 28), random.randint(1975, 2026)
    if random.random() < 0.4:
        return f"{day:02}/{random.randint(1, 12):02}/{year}"
    month = draw(random, MONTHS, language)
    if language == "eu":
        return f"{year}ko {month} {day}"
    between = " d'" if language.startswith("ca") and month[0] in "ao" else " de "
    return f"{day}{between}{month} de {year}"


def email(random: Random, language: str) -> str:
    """An address at one of the domains that are kept for examples or that everybody uses."""
    given = draw(random, {**MEN}, language).lower().replace(" ", "")
    surname = draw(random, SURNAMES, language).lower().replace(" ", "")
    plain = str.maketrans("áàéèíïóòúüñç", "aaeeiioouunc")
    given, surname = given.translate(plain), surname.translate(plain)
    user = random.choice(
        (
            f"{given}.{surname}",
            f"{given}{random.randint(1, 99)}",
            f"{given[0]}{surname}",
            f"{surname}_{given}",
            f"{given}+{surname}",
            f"{given}-{surname}{digits(random, 3)}",
        )
    )
    end = {"es": "es", "ca": "cat", "ca-valencia": "es", "eu": "eus", "gl": "gal"}[language]
    domain = random.choice(
        [f"exemplo.{end}", "example.com", "example.org", f"correo.example.{end}", f"e-mail.{end}"]
    )
    spelt = random.random()
    if spelt < 0.05:
        return f"{user} {random.choice(['(arroba)', '[at]', '(at)'])} {domain}"
    return f"{user}@{domain}".upper() if spelt < 0.1 else f"{user}@{domain}"
