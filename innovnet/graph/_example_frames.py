"""The tables of the example programme: from what was drawn to the columns that ``read_cordis`` gives."""

import numpy as np
import pandas as pd

from innovnet.graph._affiliation import Affiliation
from innovnet.graph._derive import SEPARATOR, categories
from innovnet.graph._example import YEARS, Assembly, Draws, Organisations, assembled, table
from innovnet.graph._example_names import coined, organisation_names, project_titles
from innovnet.graph._tables import quality

_FIRST_ACTOR, _FIRST_EVENT = 100_000_001, 200_000_001  # in the form of CORDIS, where none begins so
_NOT_KNOWN_SME, _NO_FIELD = 0.01, 0.15
_SCATTER = 0.06  # degrees around a city
_THIRD_PARTY = 0.03


def programme(actors: int, seed: int) -> Affiliation:
    """The work of :func:`innovnet.example`."""
    draw = Draws(seed)
    drawn = assembled(actors, draw)
    organisations = _actors(drawn.who, drawn.types, drawn.fields, draw)
    events = _events(drawn, organisations.index, draw)
    rows = _participations(drawn, draw)
    paid = rows.groupby("event")["contribution"].sum().reindex(range(len(events)), fill_value=0.0).to_numpy()
    free = draw(len(events)) < drawn.parts["zero_cost"].to_numpy()[drawn.what.part]
    cost = np.where(free, 0.0, np.rint(paid * (1.0 + 0.4 * draw(len(events)) ** 2)))
    events = events.assign(cost=cost, contribution=paid, coordinator=events.pop("coordinator"))
    noted = quality(
        [
            ("synthetic data", "example", actors, "kept", f"no organisation or project exists; seed {seed}, in the shape of Horizon Europe"),
            ("organisations of Lithuania", "example", int((organisations["country"] == "LT").sum()), "kept", "ten times their share, for a country report"),
            ("organisations without a region", "actors", int(organisations["region"].isna().sum()), "kept", "NUTS code of the country only"),
            ("projects with one organisation", "events", int((drawn.what.size == 1).sum()), "kept", "they make no tie"),
        ]
    )
    return Affiliation._from_positions(organisations, events, rows, {"field": categories(events, "field")}, noted)


def _actors(who: Organisations, types: list[str], fields: list[str], draw: Draws) -> pd.DataFrame:
    n = len(who.kind)
    here = who.places.iloc[who.place].reset_index(drop=True)
    kinds, fields_of = [types[k] for k in who.kind], [fields[k] for k in who.field]
    words = coined(2 * draw.order(n))
    names, short = organisation_names(kinds, here["country"].tolist(), here["city"].tolist(), fields_of, draw(n, 3), words)
    sme = pd.array(draw(n) < table("types")["sme"].to_numpy()[who.kind], dtype="boolean")
    sme[draw(n) < _NOT_KNOWN_SME] = pd.NA
    columns = {
        "name": pd.array(names, dtype="str"),
        "short_name": pd.array(short, dtype="str"),
        "country": here["country"].array,
        "nuts": here["nuts"].array,
        "region": here["nuts"].str[:4].where(here["nuts"].str.len() == 5).array,
        "city": here["city"].array,
        "type": pd.array(kinds, dtype="str"),
        "sme": sme,
        "field": None,
        "lat": (here["lat"] + _SCATTER * (2 * draw(n) - 1)).round(4).array,
        "lon": (here["lon"] + _SCATTER * (2 * draw(n) - 1)).round(4).array,
    }
    return pd.DataFrame(columns, index=pd.Index([str(_FIRST_ACTOR + k) for k in range(n)], dtype="str", name="actor"))


def _events(drawn: Assembly, actors: pd.Index, draw: Draws) -> pd.DataFrame:
    what, parts = drawn.what, drawn.parts
    n = len(what.size)
    year = np.array(list(YEARS))[draw.quota(list(YEARS.values()), n)]
    signed = np.sort((year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + (365 * draw(n)).astype(np.int64))
    start = signed.astype("datetime64[M]") + (1 + 8 * draw(n)).astype(np.int64)
    months = np.maximum(6, parts["months"].to_numpy()[what.part] + 6 * np.floor(3 * draw(n)).astype(np.int64) - 6)
    end = (start + months).astype("datetime64[D]") - 1
    names = parts["part"].to_numpy(dtype=object)[what.part]
    calls = 1 + np.floor(12 * draw(n)).astype(np.int64)
    topics = [f"EXAMPLE-{part.removeprefix('HORIZON.')}-{day.astype(object).year}-{call:02d}" for part, day, call in zip(names, signed, calls, strict=True)]
    fields: list[str | None] = [
        SEPARATOR.join(sorted(drawn.fields[k] for k in {first, second} if k >= 0)) for first, second in zip(what.field, what.second, strict=True)
    ]
    fields = [None if u < _NO_FIELD else field for u, field in zip(draw(n), fields, strict=True)]
    return pd.DataFrame(
        {
            "name": pd.array([word.upper() for word in coined(2 * draw.order(n) + 1)], dtype="str"),
            "title": pd.array(project_titles([drawn.fields[k] for k in what.field], draw(n, 3)), dtype="str"),
            "start": start.astype("datetime64[us]"),
            "end": end.astype("datetime64[us]"),
            "signed": signed.astype("datetime64[us]"),
            "programme": pd.array(["EXAMPLE"] * n, dtype="str"),
            "part": pd.array(names, dtype="str"),
            "topic": pd.array(topics, dtype="str"),
            "instrument": pd.array(_instruments(drawn, draw), dtype="str"),
            "field": pd.array(fields, dtype="str"),
            "coordinator": actors.array.take(np.array([members[0] for members in drawn.members])),
        },
        index=pd.Index([str(_FIRST_EVENT + k) for k in range(n)], dtype="str", name="event"),
    )


def _instruments(drawn: Assembly, draw: Draws) -> list[str]:
    found = []
    for part, size in zip(drawn.what.part, drawn.what.size, strict=True):
        offered = [entry.rsplit(" ", 1) for entry in drawn.parts.loc[part, "single instruments" if size == 1 else "joint instruments"].split("; ")]
        found.append(offered[draw.one(np.array([float(share) for _, share in offered]))][0])
    return found


def _participations(drawn: Assembly, draw: Draws) -> pd.DataFrame:
    """Who is in which project, in which role, for how much (EUR; missing for associated partners, who bring their own)."""
    sizes = drawn.what.size
    event = np.repeat(np.arange(len(sizes)), sizes)
    actor = np.array([member for members in drawn.members for member in members], dtype=np.int64)
    leads = np.zeros(len(event), dtype=bool)
    leads[np.cumsum(sizes) - sizes] = True
    u = draw(len(event))
    associated = ~leads & (u < drawn.roles["associated"].to_numpy()[drawn.who.country[actor]])
    third = ~leads & ~associated & (u > 1 - _THIRD_PARTY)
    role = np.select([leads, associated, third], ["coordinator", "associated_partner", "third_party"], "participant")
    alone, part = sizes[event] == 1, drawn.what.part[event]
    usual = np.where(alone, drawn.parts["single money"].to_numpy()[part], drawn.parts["joint money"].to_numpy()[part])
    money = np.rint(usual * np.exp(np.where(alone, 0.15, 0.65) * draw.normal(len(event))) * np.where(leads & ~alone, 1.8, 1.0))
    money[associated] = np.nan
    net = np.where(draw(len(event)) < 0.76, money, np.rint(money * draw(len(event))))
    rows = pd.DataFrame({"actor": actor, "event": event, "role": pd.array(role.tolist(), dtype="str"), "contribution": money, "net_contribution": net})
    return rows.sort_values(["actor", "event"], kind="stable", ignore_index=True)
