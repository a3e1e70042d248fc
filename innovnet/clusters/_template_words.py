"""What a template says about itself, in English and Lithuanian."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from innovnet.clusters._sheets import SHEETS, Field, Kind, Sheet
from innovnet.clusters._terms import Language, translated

TITLE: Mapping[Language, str] = {"en": "Register of clusters", "lt": "Klasterių registras"}

#: How to fill it in.
LINES: Mapping[Language, Sequence[str]] = {
    "en": (
        "Fill in the sheets: one row for each thing, nothing above the header, no merged cells. The notes in the headers say what belongs where.",
        "Columns marked with * must be filled in every row of a sheet that is used. The sheets clusters and membership are needed, the others as far as you have them.",
        "Leave a cell empty where something is not known: empty means not known, never 0 and never no.",
        "The identifiers of clusters and organisations are the same in all sheets. They are text, whatever they look like (01069, 1E5, NA).",
        "Dates are 2024-03-31. A year alone means its first day where something begins, its last day where something ends. Both days belong to it.",
        "Money is in EUR. Shares are 0 to 1, so 35 % is 0.35.",
        "Countries are two letters as Eurostat writes them (LT, EL, UK); regions NUTS 2024 or 2021; activities NACE Rev. 2.1 or 2.",
        "Sheets and columns may have English or Lithuanian names. This sheet, and sheets of other names, are not read.",
        "Read it with innovnet.clusters.read_register: all faults are listed with sheet, row, column and remedy.",
    ),
    "lt": (
        "Pildykite lapus: po vieną eilutę kiekvienam įrašui, virš antraštės nieko nerašykite, langelių nesujunkite. Antraščių pastabose pasakyta, kas kur rašoma.",
        "Žvaigždute * pažymėti stulpeliai pildomi kiekvienoje naudojamo lapo eilutėje. Būtini lapai „klasteriai“ ir „narystė“, kiti – kiek turite duomenų.",
        "Ko nežinote, palikite tuščią: tuščias langelis reiškia „nežinoma“, o ne 0 ir ne „ne“.",
        "Klasterių ir organizacijų kodai visuose lapuose tie patys. Jie laikomi tekstu, kad ir kaip atrodytų (01069, 1E5, NA).",
        "Datos rašomos 2024-03-31. Vien metai reiškia pirmąją jų dieną, kai kas nors prasideda, ir paskutiniąją, kai baigiasi. Abi dienos įskaičiuojamos.",
        "Pinigai – eurais. Dalys – nuo 0 iki 1, taigi 35 % yra 0,35.",
        "Šalys – dvi raidės, kaip rašo Eurostatas (LT, EL, UK); regionai – NUTS 2024 arba 2021; veiklos – EVRK 2.1 arba 2 red. (NACE).",
        "Lapų ir stulpelių pavadinimai gali būti angliški arba lietuviški. Šis lapas ir kitaip pavadinti lapai neskaitomi.",
        "Nuskaitoma funkcija innovnet.clusters.read_register: visos klaidos išvardijamos nurodant lapą, eilutę, stulpelį ir ką daryti.",
    ),
}

#: What a cell of each kind looks like.
CELLS: Mapping[Language, Mapping[Kind, str]] = {
    "en": {
        "id": "identifier",
        "text": "text",
        "texts": "texts, separated by ;",
        "date": "date, or a year",
        "last date": "date, or a year",
        "year": "year",
        "whole": "whole number",
        "money": "EUR",
        "share": "0 to 1",
        "number": "number",
        "country": "country code",
        "nuts": "NUTS code",
        "nace": "NACE code",
        "naces": "NACE codes, separated by ;",
    },
    "lt": {
        "id": "kodas",
        "text": "tekstas",
        "texts": "tekstai, atskirti ženklu ;",
        "date": "data arba metai",
        "last date": "data arba metai",
        "year": "metai",
        "whole": "sveikasis skaičius",
        "money": "EUR",
        "share": "nuo 0 iki 1",
        "number": "skaičius",
        "country": "šalies kodas",
        "nuts": "NUTS kodas",
        "nace": "EVRK kodas",
        "naces": "EVRK kodai, atskirti ženklu ;",
    },
}

#: Headings of the two tables of the first sheet, and the mark of what must be there.
HEADS: Mapping[Language, Sequence[str]] = {
    "en": ("sheet", "column", "needed", "cell", "what belongs there"),
    "lt": ("lapas", "stulpelis", "būtina", "langelis", "kas rašoma"),
}
NEEDED: Mapping[Language, str] = {"en": "needed", "lt": "būtina"}
ALLOWED: Mapping[Language, str] = {"en": "Allowed", "lt": "Galima"}


def words_of(field: Field, language: Language) -> Mapping[Any, str]:
    """Cell -> the word that is written for it; empty for fields that are written as they are."""
    if field.kind == "flag":
        return {value: translated("choice", f"flag.{word}", language) for value, word in ((True, "yes"), (False, "no"))}
    return {value: translated("choice", f"{field.name}.{value}", language) for value in field.choices}


def choices_of(field: Field, language: Language) -> list[str]:
    """The words that a field takes; none where it takes others."""
    return list(words_of(field, language).values())


def note_of(sheet: Sheet, field: Field, language: Language) -> str:
    """What belongs into a column."""
    words = choices_of(field, language)
    allowed = f" {ALLOWED[language]}: {', '.join(words)}." if words else ""
    return translated("note", f"{sheet.name}.{field.name}", language) + allowed


def columns_of(language: Language) -> Iterator[tuple[str, str, str, str, str]]:
    """Sheet, column, whether it is needed, what a cell looks like, what belongs there: a row for each sheet and each of its columns."""
    for sheet in SHEETS.values():
        name = translated("sheet", sheet.name, language)
        yield name, "", NEEDED[language] if sheet.required else "", "", translated("note", sheet.name, language)
        for field in sheet.fields:
            cell = CELLS[language].get(field.kind) or " / ".join(choices_of(field, language))
            needed = NEEDED[language] if field.required else ""
            yield name, translated("column", field.name, language), needed, cell, translated("note", f"{sheet.name}.{field.name}", language)
