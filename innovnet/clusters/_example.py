"""The example register: clusters of the example programme, with years."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from innovnet._check import check_whole
from innovnet.clusters._example_making import Making
from innovnet.clusters._example_plan import DIVISIONS, GROUPS, OWNED, PLANS, REGIONS, SPECIALISED, TOGETHER, Plan
from innovnet.clusters._register import Register
from innovnet.clusters._sheets import FUNDING_SOURCES
from innovnet.graph._classify import size_class
from innovnet.graph._example import Draws
from innovnet.graph._generate import example as programme
from innovnet.graph._tables import quality

_STREAM = 0xC1A  # branch of the seed
_FIRST, _LAST = 2014, 2025
_POPULATION_FROM = 2016
_NOT_KNOWN = 0.07  # share of amounts and of years of money that are missing
_ALWAYS = "2010-01-01"  # first day of ownership that did not change


def example(seed: int = 0) -> Register:
    """A synthetic register of fourteen clusters around the example programme, to try everything out on: no cluster and no organisation in it exists.

    Thirteen clusters of Lithuania and one of Latvia, founded 2012 to 2023, with entries and exits, joint events of 2013 to 2025, facts and money. A part of
    the members are actors of ``inn.example(seed=seed)`` (column ``actor``); the others take no part in that programme (``actor`` is "none"). Two clusters share
    members, one has a facilitator and no governance, one no coordinator, one fewer than five members, one was dissolved, some have foreign members; most firms
    of one belong to one owner, and of one next to nothing is known.

    Parameters
    ----------
    seed
        Any whole number of at least 0, that of the example programme. The same seed gives the same register on every machine.

    Returns
    -------
    Register
        For the years 2016 to 2025. With the rules "lithuania" all four levels occur at the end of 2025, and what is below the first; some clusters
        rose before, one fell, one lacks a single criterion, and of two the level is an interval.

    Examples
    --------
    >>> import innovnet as inn
    >>> register = inn.clusters.example()
    >>> register.n_clusters, register.clusters.loc["C01", "name"]
    (14, 'Amberlight Photonics Cluster')
    >>> register.clusters["country"].value_counts().to_dict()
    {'LT': 13, 'LV': 1}
    """
    check_whole(seed, "seed", 0)
    making = Making(Draws(seed, _STREAM), programme(seed=seed).actors)
    for cluster, plan in PLANS.items():
        for position, text in enumerate(plan.members.split()):
            making.member(cluster, position, text)
    members = list(making.organisations)
    partners = making.partners()
    for cluster in PLANS:
        making.cooperate(cluster, partners)
    tables = {
        "clusters": _clusters(),
        "ownership": pd.DataFrame(_owners(making, members)),
        "membership": pd.DataFrame(_memberships(making)),
        "cooperation": pd.DataFrame(_cooperation(making)),
        "facts": pd.DataFrame(_facts(making)),
        "member_facts": pd.DataFrame(_member_facts(making, members)),
        "funding": pd.DataFrame(_funding(making)),
        "population": pd.DataFrame(_population()),
    }
    _sizes(making)
    busy = {*members, *tables["cooperation"]["organisation"], *tables["ownership"]["owner"]}
    tables["organisations"] = pd.DataFrame([row for name, row in making.organisations.items() if name in busy])
    text = f"no cluster and no organisation exists; made for inn.example(seed={seed})"
    return Register._from_tables(tables, quality([("synthetic data", "example", len(PLANS), "kept", text)]))


def _clusters() -> pd.DataFrame:
    columns = [
        "name",
        "country",
        "region",
        "sectors",
        "founded",
        "dissolved",
        "joint_since",
        "legal_form",
        "governance",
        "strategy",
        "strategy_from",
        "strategy_to",
    ]
    rows = [
        {"cluster": cluster, "source": "made up", "stages": plan.stages or None} | {c: getattr(plan, c) for c in columns} for cluster, plan in PLANS.items()
    ]
    table = pd.DataFrame(rows)
    return table.assign(**{column: table[column].str.replace("; ", ";") for column in ("sectors", "stages")})  # as the reader of a workbook has them


def _memberships(making: Making) -> Iterator[dict[str, object]]:
    for cluster, spells in making.spells.items():
        for spell in spells:
            yield {"cluster": cluster, "organisation": spell.organisation, "from": spell.start, "to": spell.end, "role": spell.role, "stage": spell.stage}


def _cooperation(making: Making) -> Iterator[dict[str, object]]:
    for event, who, start, end, kind, call in making.events:
        for organisation in who:
            yield {"event": event, "organisation": organisation, "start": start, "end": end, "kind": kind, "programme": call}


def _owners(making: Making, members: list[str]) -> Iterator[dict[str, object]]:
    """Every firm of which something is known has an owner: mostly a person of its own, until another firm takes it over; research bodies are the state's."""
    sold: dict[str, tuple[float, str]] = {}
    for owner, owned, share, since in OWNED:
        if owner not in making.ids:
            making.ids[owner] = making.organisation("f", "LT", PLANS["C09"])
            making.organisations[making.ids[owner]] |= {"name": f"{owner} UAB"}
        sold[making.ids[owned]] = share, since
        yield {"owner": making.ids[owner], "owned": making.ids[owned], "share": share, "owner_kind": "firm", "from": since}
    pair = [making.ids[member] for member in TOGETHER]
    for person, organisation in enumerate(members, 1):
        row = making.organisations[organisation]
        share, since = sold.get(organisation, (0.0, _ALWAYS))
        if row["kind"] in ("research", "education"):
            yield {"owner": f"{row['country']}-STATE", "owned": organisation, "share": 1.0, "owner_kind": "public", "from": _ALWAYS}
        elif row["kind"] == "firm" and "nace" in row:
            name = "P000" if organisation in pair else f"P{person:03}"
            common = {"owner": name, "owned": organisation, "owner_kind": "person", "same_market": "yes" if organisation in pair else "no"}
            if since > _ALWAYS:
                yield common | {"share": 1.0, "from": _ALWAYS, "to": (pd.Timestamp(since) - pd.Timedelta(1, "D")).strftime("%Y-%m-%d")}
            if share < 1:
                yield common | {"share": round(1 - share, 2), "from": since}


def _sizes(making: Making) -> None:
    """Firms of one owner are as large as they are together."""
    for group in GROUPS:
        rows = [making.organisations[making.ids[member]] for member in group]
        size = size_class(sum(int(str(row["employees"])) for row in rows))
        for row in rows:
            row["size"] = size


def _years(plan: Plan) -> range:
    """The years in which there are facts of a cluster."""
    return range(max(int(plan.founded[:4]), _FIRST), int((plan.dissolved or f"{_LAST}")[:4]) + 1) if plan.known else range(0)


def _facts(making: Making) -> Iterator[dict[str, object]]:
    for cluster, plan in PLANS.items():
        for year in _years(plan):
            u, v, known = making.draw(3)
            staff = round(plan.staff * (0.8 + 0.4 * float(u)), 1)
            yield {"cluster": cluster, "year": year, "staff_fte": staff, "activities": int(2 + (6 + plan.pace) * float(v)) if known > _NOT_KNOWN else None}


def _member_facts(making: Making, members: list[str]) -> Iterator[dict[str, object]]:
    """Turnover by employees, growing; exports and R&D as shares of it. Whether there is any is always known, unless the plan says otherwise."""
    for organisation in members:
        row, flags = making.organisations[organisation], making.flags[organisation]
        if "nace" not in row:
            continue
        heads, (pay, abroad, research) = int(str(row["employees"])), making.draw(3)
        for year in range(_FIRST, _LAST + 1):
            grown, known = making.draw(2)
            turnover = heads * (50_000 + 90_000 * float(pay)) * (0.94 + 0.12 * float(grown)) * (1 + 0.03 * (year - _FIRST))
            money = known > _NOT_KNOWN and row["kind"] == "firm"
            spent = turnover * (0.02 + 0.1 * float(research))
            yield {
                "organisation": organisation,
                "year": year,
                "turnover_eur": round(turnover) if money else None,
                "export_eur": (round(turnover * (0.1 + 0.6 * float(abroad))) if "x" in flags else 0) if money else None,
                "rd_eur": None if "?" in flags or known <= _NOT_KNOWN else round(spent) if "r" in flags else 0,
                "rd_declared": None if "?" in flags else "yes" if "r" in flags else "no",
                "exporter": "yes" if "x" in flags else "no",
            }


def _funding(making: Making) -> Iterator[dict[str, object]]:
    """Members pay about their share; the rest is divided anew every year. Some years are missing."""
    for cluster, plan in PLANS.items():
        for year in _years(plan):
            cut = making.draw(len(FUNDING_SOURCES) + 1)
            if plan.own_funds is None or cut[-1] < _NOT_KNOWN:
                continue
            total = 3_000 * len(making.present(cluster, f"{year}-12-31")) * (0.7 + 0.6 * float(cut[0]))
            own = plan.own_funds * (0.9 + 0.2 * float(cut[0]))
            rest = cut[1 : len(FUNDING_SOURCES)] * np.array([1.0, 0.3, 1.5, 0.2])
            for source, share in zip(FUNDING_SOURCES, [own, *((1 - own) * rest / rest.sum())], strict=True):
                yield {"cluster": cluster, "year": year, "source": source, "amount_eur": round(total * float(share))}


def _population() -> Iterator[dict[str, object]]:
    """All firms: by the size of the region, more in the sectors of its clusters, growing by two in a hundred a year."""
    special = {(plan.region, sector) for plan in PLANS.values() for sector in plan.sectors.split("; ")}
    for region, size in REGIONS.items():
        for place, (division, firms) in enumerate(DIVISIONS.items()):
            for year in range(_POPULATION_FROM, _LAST + 1):
                number = round(firms * size * (SPECIALISED if (region, division) in special else 1.0) * (1 + 0.02 * (year - _POPULATION_FROM))) + 10
                yield {"region": region, "nace": division, "year": year, "firms": number, "employees": number * (4 + 5 * place % 17)}
