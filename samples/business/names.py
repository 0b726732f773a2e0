"""Invented names. No customer, supplier or person is meant to exist."""

from __future__ import annotations

import random

WOMEN = (
    "Ada", "Alma", "Anneke", "Astrid", "Beatriz", "Camille", "Carla", "Clara", "Dalia", "Edda", "Elin", "Esther",
    "Fiona", "Freya", "Greta", "Hana", "Ida", "Ines", "Jana", "Judith", "Karin", "Leila", "Lena", "Lucia", "Marta",
    "Mina", "Nadia", "Noor", "Olga", "Paula", "Petra", "Rania", "Rosa", "Selma", "Signe", "Tamara", "Teresa", "Thea",
    "Uma", "Vera", "Wanda", "Yara", "Zofia",
)  # fmt: skip

MEN = (
    "Amir", "Anton", "Bruno", "Casper", "Chidi", "Daniel", "Elias", "Emeka", "Farid", "Felix", "Gareth", "Hugo", "Ivo",
    "Jonas", "Kamal", "Kofi", "Lars", "Linus", "Magnus", "Marek", "Nils", "Oscar", "Pavel", "Rafael", "Ruben", "Samir",
    "Stefan", "Tomas", "Viktor", "Yusuf",
)  # fmt: skip

LAST_NAMES = (
    "Abara", "Adler", "Albrecht", "Almeida", "Arvidsson", "Bakker", "Barros", "Beckwith", "Berglund", "Bianchi",
    "Brandt", "Cardoso", "Castell", "Dahlin", "Darwish", "Delgado", "Dvorak", "Eklund", "Engel", "Farkas", "Ferrand",
    "Fielding", "Fournier", "Gallo", "Grabner", "Haddad", "Hallam", "Hartwig", "Horvat", "Ibarra", "Iversen", "Jansen",
    "Kaczmarek", "Keller", "Kovac", "Lambert", "Lindqvist", "Lorentz", "Maddox", "Marchetti", "Mensah", "Moreau",
    "Nagy", "Nakata", "Novak", "Nwosu", "Okafor", "Olsen", "Ortega", "Osei", "Pellegrin", "Petrov", "Pinto", "Quist",
    "Rahman", "Reinholt", "Ribeiro", "Rossi", "Saleh", "Sandberg", "Santoro", "Schaefer", "Sorensen", "Steiner",
    "Szabo", "Takeda", "Tamm", "Thorne", "Ullmann", "Vance", "Verhoeven", "Vidal", "Voss", "Wexler", "Winther",
    "Ymeri", "Zeller",
)  # fmt: skip

COMPANY_STEMS = (
    "Aldermoor", "Ambervane", "Ashgrove Vale", "Birkenfold", "Brackenfell", "Bramwick", "Calderfen", "Carrowmere",
    "Cinderholt", "Copperlin", "Corvane", "Dovetarn", "Driftwell", "Eastermarsh", "Elmsreach", "Emberlyn", "Fennick",
    "Ferrowby", "Foxmantle", "Galeholm", "Glasswater", "Gorsefield", "Greywether", "Halmstrand", "Harrowlund",
    "Hazelmont", "Ivelstone", "Junipark", "Kestrelmoor", "Kilnbrook", "Lanternfell", "Larkwyn", "Lindenoak",
    "Lowenfeld", "Marrowby", "Meridane", "Mistralund", "Nettlecombe", "Norwyke", "Oakhaven", "Orrinmoor", "Ostermoor",
    "Pebblecroft", "Pinewarden", "Quillhaven", "Ravensholt", "Rookwood Vale", "Rushmantle", "Saltmere", "Silverfen",
    "Skerrow", "Stonelark", "Sundermere", "Tallowin", "Thistledown", "Umberfield", "Velmarsh", "Westerlin",
    "Willowmark", "Yarrowdale",
)  # fmt: skip

INDUSTRIES = (
    ("Diagnostics", ("Diagnostics", "Clinical Labs", "Pathology")),
    ("Biotech", ("Biotech", "Bioworks", "Genomics")),
    ("Food testing", ("Food Analytics", "Dairy Control", "Grain Testing")),
    ("Water and environment", ("Water Works", "Environmental Labs", "Soil Survey")),
    ("Pharmaceuticals", ("Pharma", "Therapeutics", "Formulations")),
    ("Universities", ("University", "Institute", "Polytechnic")),
    ("Veterinary", ("Veterinary Group", "Animal Health")),
)

CITIES = (
    ("Utrecht", "Netherlands"), ("Ghent", "Belgium"), ("Leuven", "Belgium"), ("Aarhus", "Denmark"), ("Malmo", "Sweden"),
    ("Uppsala", "Sweden"), ("Turku", "Finland"), ("Bergen", "Norway"), ("Graz", "Austria"), ("Linz", "Austria"),
    ("Basel", "Switzerland"), ("Freiburg", "Germany"), ("Jena", "Germany"), ("Bremen", "Germany"),
    ("Lyon", "France"), ("Nantes", "France"), ("Porto", "Portugal"), ("Valencia", "Spain"), ("Bologna", "Italy"),
    ("Padua", "Italy"), ("Brno", "Czechia"), ("Gdansk", "Poland"), ("Cork", "Ireland"), ("Galway", "Ireland"),
)  # fmt: skip

STREETS = (
    "Mill Lane", "Harbour Road", "Orchard Street", "Station Avenue", "Chapel Hill", "Linden Way", "Canal Walk",
    "Meadow Close", "Kiln Street", "Foundry Road", "Lark Rise", "Bishop's Gate", "Quarry Bank", "Willow Court",
)  # fmt: skip


def person(rng: random.Random) -> str:
    return f"{rng.choice(WOMEN + MEN)} {rng.choice(LAST_NAMES)}"


def phone(rng: random.Random) -> str:
    """A number from the range that is kept free for fiction."""
    return f"+1 {rng.choice((202, 303, 404, 512, 617, 702))} 555 01{rng.randrange(100):02d}"


def slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower())


def companies(rng: random.Random, count: int) -> list[tuple[str, str]]:
    """`count` different (name, industry)."""
    pairs = [
        (f"{stem} {ending}", industry)
        for stem in COMPANY_STEMS
        for industry, endings in INDUSTRIES
        for ending in endings
    ]
    return rng.sample(pairs, count)
