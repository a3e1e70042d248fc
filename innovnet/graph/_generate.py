"""The bundled example networks."""

import pandas as pd

from innovnet.graph._affiliation import Affiliation

_TOY_EVENTS = {"P1": "abc", "P2": "cde", "P3": "efg", "P4": "acf", "P5": "fghj", "P6": "ij", "P7": "df", "P8": "l", "P9": "ik", "P10": "ab"}
_TOY_SECTORS = {"firm": "abdgikl", "university": "cfj", "institute": "eh"}
_TOY_REGIONS = {"R1": "abc", "R2": "del", "R3": "fgh", "R4": "ijk"}
_TOY_COUNTRIES = {"R1": "LT", "R2": "LT", "R3": "LV", "R4": "EE"}


def toy() -> Affiliation:
    """Twelve organisations and ten projects: the network of the docstrings, small enough to check by hand.

    Projects P1 to P5 run in 2019, P6 to P10 in 2020; the first member of each coordinates it. Organisation l works alone.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.toy().actors.loc["c", ["sector", "region", "country"]].tolist()
    ['university', 'R1', 'LT']
    """
    sector = {actor: name for name, members in _TOY_SECTORS.items() for actor in members}
    region = {actor: name for name, members in _TOY_REGIONS.items() for actor in members}
    ids = pd.Index(sorted(sector), name="actor")
    actors = pd.DataFrame({"name": [f"Organisation {a.upper()}" for a in ids], "sector": ids.map(sector), "region": ids.map(region)}, index=ids)
    actors["country"] = actors["region"].map(_TOY_COUNTRIES)
    year = ["2019" if int(event[1:]) <= 5 else "2020" for event in _TOY_EVENTS]
    events = pd.DataFrame(
        {
            "name": [f"Project {event[1:]}" for event in _TOY_EVENTS],
            "start": pd.to_datetime([f"{y}-01-01" for y in year]),
            "end": pd.to_datetime([f"{y}-12-31" for y in year]),
        },
        index=pd.Index(_TOY_EVENTS, name="event"),
    )
    rows = [(actor, event, "participant" if k else "coordinator") for event, members in _TOY_EVENTS.items() for k, actor in enumerate(members)]
    return Affiliation.from_frame(
        pd.DataFrame(rows, columns=["actor", "event", "role"]), actor="actor", event="event", role="role", actors=actors, events=events
    )
