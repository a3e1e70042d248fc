"""Make ``innovnet/graph/data/{country,nuts,nace}.csv``: the codes that a table may hold, their names, and the vintages in which they are valid.

From the folder ``reference`` of the data (``INNOVNET_DATA``): countries and NUTS 2021 as Eurostat lists them, NUTS 2024, NACE Rev. 2 and 2.1. Codes and names only,
no geometry. Countries that data have and the list does not are added, long names shortened. NUTS 2024 is listed there without the extra-regio codes, so those of 2021 are taken for the countries that are in it.

    INNOVNET_DATA=data python benchmarks/make_codes.py
"""

import os
from pathlib import Path
from typing import Any

import pandas as pd

SOURCES = {
    "country": "Countries as Eurostat writes them, and those that it does not list but data have.",
    "nuts": "NUTS and statistical regions, and the vintages in which they are valid. Names as the countries write them (Eurostat).",
    "nace": "NACE Rev. 2 and 2.1: the section of a code in each, empty where the code is not valid. Names from 2.1, else from 2.",
}
_NOT_LISTED = {"BQ": "Bonaire, Sint Eustatius and Saba", "PS": "Palestine", "XK": "Kosovo"}
_SHORT = {
    "CD": "DR Congo",
    "FO": "Faroe Islands",
    "GM": "Gambia",
    "MM": "Myanmar",
    "SH": "Saint Helena",
    "VA": "Holy See",
    "VN": "Vietnam",
}
TARGET = Path(__file__).parents[1] / "innovnet" / "graph" / "data"


def _read(path: Path, encoding: str = "utf-8", **options: Any) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding=encoding, **options)


def countries(reference: Path) -> pd.DataFrame:
    table = _read(reference / "country_codes_eurostat.csv", "cp850", names=["code", "name"])
    table["name"] = table["name"].str.replace("\xa0", " ")
    table = pd.concat([table, pd.DataFrame({"code": list(_NOT_LISTED), "name": list(_NOT_LISTED.values())})])
    return table.assign(name=table["code"].map(_SHORT).fillna(table["name"])).sort_values("code")


def nuts(reference: Path) -> pd.DataFrame:
    old = _read(reference / "nuts_2021_eurostat.csv").set_axis(["code", "name", "level"], axis=1)
    old = old.assign(code=old["code"].str.strip())
    old = old[old["code"].str.fullmatch("[A-Z]{2}[A-Z0-9]{0,3}")]  # the rest are headings
    old["level"] = (old["code"].str.len() - 2).astype("str")  # two Belgian units come without it
    new = _read(reference / "nuts_2024_giscoR.csv").rename(columns={"NUTS_ID": "code", "NAME_LATN": "name", "LEVL_CODE": "level"})[["code", "name", "level"]]
    extra = old[old["code"].str.fullmatch(r"..Z{1,3}") & old["code"].str[:2].isin(set(new["code"]))]
    new = pd.concat([new, extra])
    both = pd.concat([new, old]).drop_duplicates("code").set_index("code").sort_index()
    both["name"] = both["name"].str.strip()
    both["valid"] = [" ".join(year for year, table in (("2021", old), ("2024", new)) if code in set(table["code"])) for code in both.index]
    return both.reset_index()[["code", "level", "name", "valid"]]


def nace(reference: Path) -> pd.DataFrame:
    both = _revision(reference, "2.1").join(_revision(reference, "2.0").add_suffix("_2"), how="outer")
    return pd.DataFrame(
        {
            "level": both["level"].fillna(both["level_2"]),
            "section_2": both["section_2"].fillna(""),
            "section_2_1": both["section"].fillna(""),
            "name": both["name"].fillna(both["name_2"]),
        },
        index=both.index,
    ).reset_index()


def _revision(reference: Path, version: str) -> pd.DataFrame:
    table = _read(reference / "nace" / f"codes-{version}.csv")
    levels = ["Section", "Division", "Group", "Class"]
    section = table["Section"].where(table["Section"] != "").ffill()
    level = table[levels].ne("").idxmax(axis=1).str.lower()
    found = pd.DataFrame({"code": table[levels].sum(axis=1), "level": level, "section": section, "name": table["Activity"].str.strip()})
    return found.set_index("code")


if __name__ == "__main__":
    folder = Path(os.environ["INNOVNET_DATA"]) / "reference"
    for name, make in (("country", countries), ("nuts", nuts), ("nace", nace)):
        made = make(folder)
        text = f"# {SOURCES[name]}\n# Made by benchmarks/make_codes.py.\n{made.to_csv(index=False, lineterminator=chr(10))}"
        (TARGET / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
        print(f"{len(made)} codes -> {TARGET / name}.csv")
