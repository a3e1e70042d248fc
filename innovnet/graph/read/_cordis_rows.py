"""The participations of CORDIS: who, in which project, in which role, for how much."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.graph.read._cordis_events import Projects, places_of, wrong_amounts, wrong_ids, wrong_truths
from innovnet.graph.read._csv import Mask, Table
from innovnet.graph.read._findings import Findings

#: The roles of CORDIS and what they are called here.
ROLES = {
    "coordinator": "coordinator",
    "participant": "participant",
    "partner": "partner",
    "associatedPartner": "associated_partner",
    "thirdParty": "third_party",
    "internationalPartner": "international_partner",
    "hostInstitution": "host_institution",
}
ROW_TEXTS = ("projectID", "organisationID", "role", "order")
ROW_AMOUNTS = ("ecContribution", "netEcContribution")

Ints = npt.NDArray[np.int64]


class Rows(NamedTuple):
    """The participations that stay, sorted by actor, event and role."""

    table: pd.DataFrame  # positions actor, event; role, contribution, net_contribution
    lines: Ints  # rows of organization.csv behind them
    ids: list[str]  # of the actors, sorted
    coordinators: list[str | None]  # of the events


def read_rows(table: Table, projects: Projects, roles: Collection[str] | None, findings: Findings) -> Rows:
    """The participations in organization.csv."""
    event, wrong = places_of(table, projects)
    wrong |= wrong_ids(table, "organisationID") | _wrong_roles(table) | wrong_truths(table, "SME") | _wrong_points(table)
    amounts = {}
    for column, name in zip(ROW_AMOUNTS, ("contribution", "net_contribution"), strict=True):
        amounts[name], bad = wrong_amounts(table, column)
        wrong |= bad
    words, names = list(ROLES), list(ROLES.values())
    role = table.coded("role").rows(lambda text: words.index(text) if text in ROLES else -1, np.int64)
    left_out = ~wrong & (event < 0)
    findings.note("participations in projects left out", table.place, int(left_out.sum()), "dropped")
    lines = np.flatnonzero(~wrong & ~left_out)
    lines, key = _sorted(table, lines, event, role)
    lines = lines[_once(table, lines, key, amounts, findings)]
    coordinators = _coordinators(table, lines[role[lines] == 0], event, len(projects.events), findings)
    if roles is not None:
        other = ~np.isin(role[lines], [names.index(name) for name in roles])
        findings.note("participations in other roles", table.place, int(other.sum()), "dropped", "roles=")
        lines = lines[~other]
    coded = table.coded("organisationID")
    actor, ids = coded.codes[lines], coded.texts
    first = np.flatnonzero(np.diff(actor, prepend=-1))
    frame = {"actor": np.cumsum(np.diff(actor, prepend=-1) != 0) - 1, "event": event[lines], "role": pd.array(names, dtype="str").take(role[lines])}
    frame |= {name: values[lines] for name, values in amounts.items()}
    return Rows(pd.DataFrame(frame), lines, [ids[code] for code in actor[first].tolist()], coordinators)


def _coordinators(table: Table, leads: Ints, event: Ints, n: int, findings: Findings) -> list[str | None]:
    """Who coordinates each project: of several the first."""
    coded = table.coded("organisationID")
    chosen = np.full(n, -1, dtype=np.int64)
    chosen[event[leads[::-1]]] = coded.codes[leads[::-1]]
    count = np.bincount(event[leads], minlength=n)
    findings.note("projects without a coordinator", "events", int((count == 0).sum()), "kept")
    findings.note("projects with several coordinators", "events", int((count > 1).sum()), "kept", "the first identifier stands in the column")
    return [coded.texts[code] if code >= 0 else None for code in chosen.tolist()]


def _wrong_roles(table: Table) -> Mask:
    wrong = table.coded("role").rows(lambda text: text not in ROLES, bool)
    table.fault(wrong, "role", "is no role", f"CORDIS has {', '.join(ROLES)}.")
    return wrong


def _wrong_points(table: Table) -> Mask:
    lat, lon, wrong = table.pairs("geolocation")
    wrong = (wrong | (np.abs(lat) > 90) | (np.abs(lon) > 180))[table.coded("geolocation").codes]
    table.fault(wrong, "geolocation", "is no latitude and longitude", "Write degrees as 54.687,25.28, or leave the cell empty.")
    return wrong


def _sorted(table: Table, lines: Ints, event: Ints, role: Ints) -> tuple[Ints, Ints]:
    """Rows in the order of their organisation's identifier, project, role and order; and a number for each such combination."""
    coded, order = table.coded("organisationID"), table.coded("order")
    rank = np.empty(len(coded.texts), dtype=np.int64)
    rank[sorted(range(len(rank)), key=coded.texts.__getitem__)] = np.arange(len(rank))
    key: npt.NDArray = rank[coded.codes[lines]]
    for values, size in ((event, event.max(initial=0) + 1), (role, len(ROLES)), (order.codes, len(order.texts))):
        key = key * size + values[lines]
    place = np.argsort(key, kind="stable")
    return lines[place], key[place]


def _once(table: Table, lines: Ints, key: Ints, amounts: dict[str, npt.NDArray[np.float64]], findings: Findings) -> Mask:
    """Rows that repeat a participation: merged if they say the same, else all of them are faults.

    An organisation may have one role twice under different numbers in the order of the project's partners: as third party of two partners, or
    because it left and came back. These are participations of their own.
    """
    keep = np.ones(len(lines), dtype=bool)
    several = np.flatnonzero(key[1:] == key[:-1])
    if len(several):
        rows = np.union1d(several, several + 1)
        values = pd.DataFrame({name: column[lines[rows]] for name, column in amounts.items()}).assign(key=key[rows])
        again = values.duplicated().to_numpy()
        findings.note("participations repeated in another row", table.place, int(again.sum()), "repaired", "the same amounts: merged")
        differing = values["key"].isin(values["key"][~again][values["key"][~again].duplicated()]).to_numpy()
        keep[rows[again | differing]] = False
        faulty = np.zeros(len(table), dtype=bool)
        faulty[lines[rows[differing]]] = True
        problem = "has several rows with one project, role and order but different contributions"
        table.fault(faulty, "organisationID", problem, "Keep the right one, or give the other its own order.")
    return keep
