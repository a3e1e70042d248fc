"""The bundled example networks."""

import numpy as np
import pandas as pd

from innovnet._check import check_whole
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._example_frames import programme

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


_FEWEST = 30


def example(actors: int = 400, seed: int = 0) -> Affiliation:
    """A synthetic programme of research projects, to try everything out on: no organisation and no project in it exists.

    Its shape is that of Horizon Europe as CORDIS publishes it: 0.62 projects and about 4 memberships for each organisation; nearly half of the projects have
    one organisation, and a few have many; more than half of the organisations take part once, and a few very often; types, SME flags,
    countries, regions, fields of science, parts, instruments, roles and money follow the published shares and medians. Lithuania has six
    percent of the organisations, ten times its share, so that a report about one small country has something to show.

    Parameters
    ----------
    actors
        Number of organisations, at least 30. In a small programme the largest projects and the busiest organisations are smaller than
        in Horizon Europe.
    seed
        The same seed gives the same programme on every machine.

    Returns
    -------
    Affiliation
        With the columns that :func:`innovnet.read_cordis` gives. Members of a project come more often from the field, country and region of its coordinator
        and from among its earlier partners than chance would have it; a few organisations, the brokers, come from anywhere.

    Notes
    -----
    Computed from tables of shares, medians and quantiles over "CORDIS, EU research projects under Horizon Europe" (December 2025), © European Union, reuse
    under CC BY 4.0; places are cities with the median coordinates of the organisations there. Cost: O(actors × events).

    Examples
    --------
    >>> import innovnet as inn
    >>> programme = inn.example(actors=100)
    >>> programme.n_actors, programme.n_events
    (100, 62)
    >>> programme.actors["country"].eq("LT").sum().item()
    6
    """
    check_whole(seed, "seed", 0)
    if not isinstance(actors, int | np.integer) or isinstance(actors, bool) or actors < _FEWEST:
        msg = (
            f"actors={actors!r} is not a whole number of at least {_FEWEST}: a smaller programme cannot have the shape of Horizon Europe. inn.toy() has twelve."
        )
        raise DataError(msg)
    return programme(int(actors), seed)
