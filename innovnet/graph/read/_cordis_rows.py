"""The participations of CORDIS: who, in which project, in which role, for how much."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.graph.read._cordis_events import TRUTH, Projects, faulty_amounts, faulty_ids, faulty_words, project_positions
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
ROW_COLUMNS = ("projectID", "organisationID", "role", "order", "ecContribution", "netEcContribution")


class Rows(NamedTuple):
    """The participations that stay."""

    table: pd.DataFrame  # positions actor, event; role, contribution, net_contribution; sorted
    rows: npt.NDArray[np.int64]  # rows of the file behind them, in the order of the file
    actor: npt.NDArray[np.int64]  # positions of their actors
    event: npt.NDArray[np.int64]
    ids: list[str]  # of the actors, sorted


def read_rows(table: Table, projects: Projects, roles: Sequence[str] | None, findings: Findings) -> Rows:
    """The participations in organization.csv."""
    place, wrong = project_positions(table, projects, findings)
    ids, bad = faulty_ids(table, "organisationID", findings)
    wrong |= bad
    words = ", ".join(ROLES)
    role, bad = faulty_words(table, "role", tuple(ROLES), "is no role", f"Roles of CORDIS are {words}.", findings)
    wrong |= bad
    contribution, bad = faulty_amounts(table, "ecContribution", findings)
    wrong |= bad
    net, bad = faulty_amounts(table, "netEcContribution", findings)
    wrong |= bad
    wrong |= faulty_words(table, "SME", tuple(TRUTH), "is neither true nor false", "Write true or false, or leave the cell empty.", findings)[1]
    wrong |= _faulty_coordinates(table, findings)
    order = {word: rank for rank, word in enumerate(ROLES)}
    rank = np.array(role.mapped(lambda text: order.get(text, -1)), dtype=np.int64)[role.codes] if len(table) else np.zeros(0, dtype=np.int64)
    frame = pd.DataFrame({"actor": ids.codes.astype(np.int64), "event": place, "role": rank, "order": table.coded("order").codes})
    frame = frame.assign(contribution=contribution, net_contribution=net)[~wrong]
    out = frame["event"] < 0
    findings.note("participations in projects left out", table.place, int(out.sum()), "dropped")
    frame = frame[~out]
    frame = _without_repeats(frame, table, findings)
    if roles is not None:
        other = ~frame["role"].isin([k for k, name in enumerate(ROLES.values()) if name in roles])
        findings.note("participations in other roles", table.place, int(other.sum()), "dropped", "roles=")
        frame = frame[~other]
    return _sorted(frame, ids.texts)


def _faulty_coordinates(table: Table, findings: Findings) -> Mask:
    coded = table.coded("geolocation")
    bad = np.array(coded.mapped(lambda text: text != "" and coordinates(text) is None), dtype=bool)
    wrong = bad[coded.codes] if len(table) else np.zeros(0, dtype=bool)
    findings.faults += table.fault(wrong, "geolocation", "is no pair of latitude and longitude", "Write degrees as 54.687,25.28, or leave the cell empty.")
    blank = np.array(coded.mapped(lambda text: " " in text), dtype=bool)
    findings.note("blanks within coordinates", table.place, int((blank[coded.codes] & ~wrong).sum()) if len(table) else 0, "repaired")
    return wrong


def coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of a cell, None where it holds no such pair."""
    first, _, second = text.partition(",")
    try:
        lat, lon = float(first), float(second)
    except ValueError:
        return None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _without_repeats(frame: pd.DataFrame, table: Table, findings: Findings) -> pd.DataFrame:
    """Rows that repeat a participation are merged if they say the same, else faults.

    An organisation may have the same role twice under different numbers in the order of the project's partners: as third party of two partners, or
    because it left and came back. These are participations of their own.
    """
    key = ["actor", "event", "role", "order"]
    again = frame.duplicated()
    findings.note("participations repeated in another row", table.place, int(again.sum()), "repaired", "merged")
    frame = frame[~again]
    several = frame.duplicated(key, keep=False)
    mask = np.zeros(len(table), dtype=bool)
    mask[frame.index[several]] = True
    problem = "takes part in the project more than once in the same role and order, with different contributions"
    findings.faults += table.fault(mask, "organisationID", problem, "Keep the right row, or give the other its own order.")
    return frame[~several]


def _sorted(frame: pd.DataFrame, texts: list[str]) -> Rows:
    codes = np.unique(frame["actor"].to_numpy())
    codes = codes[sorted(range(len(codes)), key=lambda k: texts[codes[k]])]
    place = np.full(len(texts), -1, dtype=np.int64)
    place[codes] = np.arange(len(codes))
    actor, event = place[frame["actor"].to_numpy()], frame["event"].to_numpy()
    order = np.lexsort((frame["role"].to_numpy(), event, actor))
    taken = frame.take(order)
    names = pd.array(list(ROLES.values()), dtype="str")
    columns = {
        "actor": actor[order],
        "event": event[order],
        "role": names.take(taken["role"].to_numpy()),
        "contribution": taken["contribution"].to_numpy(),
        "net_contribution": taken["net_contribution"].to_numpy(),
    }
    return Rows(pd.DataFrame(columns), frame.index.to_numpy(), actor, event, [texts[code] for code in codes])
