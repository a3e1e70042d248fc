"""A real cooperation network as a population: what is not known of its actors is drawn, and listed."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_column, check_kind, check_whole
from innovnet.errors import DataError, Fault
from innovnet.graph._classify import known_code, nace_section, nearest_codes, nuts_level
from innovnet.graph._network import Network
from innovnet.graph._points import region_points
from innovnet.graph._tables import quality
from innovnet.simulate._impute import AGE, PERSONS, REGION, SECTOR, SIZE, STAFF, Bools, Floats, Ledger, among, is_firm, people, sizes_of, staff
from innovnet.simulate._shares import SIZES, TYPES, Share, constant, countries, places, regions, share
from innovnet.simulate._tie_years import started


def from_network(network: Network, *, employees: str | pd.Series | None = None, seed: int, year: int | None = None) -> Network:
    """A real cooperation network as a population: its ties as they are, what is not known of firms and bodies drawn.

    What is missing is drawn as the known ones of the same country are distributed; where none is known, by the shares that ship with the library (of the EU where a
    country has none of its own). Nothing known is changed.

    Parameters
    ----------
    network
        Undirected. ``actors`` with ``type`` ("firm", "university", "institute", "public", "other") and ``country``; what it has of ``employees``, ``size``, ``sme``,
        ``sector``, ``region``, ``lat``, ``lon``, ``age``, ``owner`` and ``high_value`` is used. Missing cells are drawn, all but owner and high_value.
    employees
        Persons, at least 1: the name of a column of actors, or a Series by actor. Without it the column ``employees``, where there is one.
    seed
        Of the draws, which are by position in the table of actors.
    year
        The year before the first step: ``start`` of a tie counts from it, ties that begin later are left out. Without it the last year in which an event started.

    Returns
    -------
    Network
        The same actors in the same order, all their columns and those of a population (see :func:`population`); ties with ``start``, the first year of a
        shared event less ``year`` (0 or below; without dates the ties have no ``start``). ``quality`` lists what was drawn or assumed, with counts and examples.

    Raises
    ------
    DataError
        No type or no country; a type, a country or a size class that is none; a number of employees below 1; no coordinates and no way to tell them; directed ties.
        All faults of the rows are listed at once.

    Notes
    -----
    Every actor that is no firm is taken as an R&D body: public bodies and "other" (associations, clusters) among them. A firm flagged ``sme`` is drawn among micro,
    small and medium, one flagged as none is large. Sectors that are all NACE codes are reduced to sections of Rev. 2.1. A region of another country than its
    actor's is drawn anew. Coordinates that are missing are those of the region. Isolates stay. Cost: O(actors + Σ n²) over events of n members.

    Examples
    --------
    >>> import innovnet as inn
    >>> population = inn.simulate.from_network(inn.example().project("newman"), seed=1)
    >>> population.n_actors, population.n_ties, int(population.ties["start"].max()) <= 0
    (400, 10371, True)
    >>> population.quality.loc[population.quality["action"] == "drawn", "item"].tolist()[:2]
    ['size class of firms flagged as SME: micro, small or medium', 'size class of firms flagged as no SME: large']
    """
    check_kind(network, Network, "from_network", "Make one with affiliation.project() or Network.from_frames.")
    check_whole(seed, "seed", 0)
    if network.directed:
        msg = "from_network takes undirected ties: cooperation has no direction. Make them so with inn.symmetrize(network)."
        raise DataError(msg)
    actors = network.actors
    _check_actors(actors)
    ledger = Ledger(actors.index, seed)
    told = _persons(network, actors, employees)
    firm = is_firm(actors)
    size = _sizes(actors, firm, told, ledger)
    region = _regions(actors, ledger)
    columns: dict[str, Any] = {
        "type": pd.Categorical(actors["type"], categories=list(TYPES)),
        "employees": _employees(actors, firm, size, told, ledger),
        "size": pd.Categorical(size, categories=list(SIZES)),
        "sector": _sectors(actors, firm, ledger),
        "region": pd.Categorical(region),
        "country": pd.Categorical(actors["country"]),
        **_coordinates(actors, region, ledger),
        "age": _ages(actors, ledger),
    }
    ledger.note("organisations that are no firms: taken as R&D bodies", ~firm, "assumption")
    table = actors.assign(**columns)
    if "high_value" not in table:
        table["high_value"] = table["sector"].isin(share("EU", "high_value").classes).to_numpy()
        ledger.note(f"high-value sectors: {', '.join(share('EU', 'high_value').classes)}", table["high_value"].to_numpy(), "assumption")
    ties, rows = started(network, year)
    made = Network._from_positions(table, ties["source"].to_numpy(), ties["target"].to_numpy(), ties["weight"].to_numpy(), ties.iloc[:, 3:], directed=False)
    parts = [part for part in (network.quality, quality(ledger.rows + rows)) if len(part)]
    return replace(made, weighting=network.weighting, _quality=pd.concat(parts, ignore_index=True) if parts else quality())


def _check_actors(actors: pd.DataFrame) -> None:
    """Raise unless every actor has a type and a country."""
    absent = [column for column in ("type", "country") if column not in actors.columns]
    if absent:
        msg = f"the actors have no column {' and no column '.join(map(repr, absent))}: a population needs to know who is a firm, and where. Add it to the table of actors."
        raise DataError(msg)
    for column, kinds in (("sme", "b"), ("lat", "iuf"), ("lon", "iuf"), ("age", "iuf")):
        if column in actors and pd.api.types.pandas_dtype(actors[column].dtype).kind not in kinds and actors[column].notna().any():
            msg = f"the actors' column {column!r} holds {actors[column].dtype}, not {'True or False' if kinds == 'b' else 'numbers'}. Convert it."
            raise DataError(msg)
    faults = [
        Fault("actors", str(actor), "type", "" if pd.isna(kind) else str(kind), "is no type", f"It is one of {', '.join(TYPES)}.")
        for actor, kind in actors["type"].items()
        if kind not in TYPES
    ]
    for actor, country in actors["country"].items():
        if pd.isna(country):
            faults.append(Fault("actors", str(actor), "country", "", "has no country", "Give it."))
        elif not known_code("country", str(country)):
            near = nearest_codes("country", str(country), 1)
            faults.append(
                Fault(
                    "actors",
                    str(actor),
                    "country",
                    str(country),
                    "is no country",
                    f"Did you mean {near[0]!r}?" if near else "Write two letters as Eurostat does.",
                )
            )
    if "size" in actors:
        odd = actors["size"][actors["size"].notna() & ~actors["size"].isin(SIZES)]
        faults += [Fault("actors", str(actor), "size", str(size), "is no size class", f"It is one of {', '.join(SIZES)}.") for actor, size in odd.items()]
    if "age" in actors:
        unborn = actors["age"][actors["age"] < 0]
        faults += [Fault("actors", str(actor), "age", str(age), "is below 0", "Give years, or leave the cell empty.") for actor, age in unborn.items()]
    known = _degrees(actors).notna().any(axis=1)
    placed = {*region_points()["code"].str[:2], *actors.loc[known, "country"]}
    country = actors["country"].astype("object")
    lost = country[~known & country.map(lambda code: known_code("country", str(code))) & ~country.isin(placed)]
    faults += [Fault("actors", str(actor), "lat", "", f"and nobody else of {country} has coordinates", "Give lat and lon.") for actor, country in lost.items()]
    if faults:
        rows = "[fault.row for fault in error.faults]"
        msg = f"{len(faults)} cells of the actors cannot be used. Correct them, or leave the actors out before projecting: affiliation.select(actors=~affiliation.actors.index.isin({rows}))"
        raise DataError(msg, faults)


def _persons(network: Network, actors: pd.DataFrame, employees: str | pd.Series | None) -> Floats:
    """Employees as far as they are known."""
    if isinstance(employees, pd.Series):
        given = network.series(employees, "employees")
    elif employees is None and "employees" not in actors:
        return np.full(len(actors), np.nan)
    else:
        check_column(actors.columns, "employees" if employees is None else employees, "actors")
        given = actors["employees" if employees is None else employees]
    found: Any = pd.to_numeric(given, errors="coerce")
    persons = found.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = (given.notna() & ~((persons >= 1) & (persons < np.inf))).to_numpy()
    if wrong.any():
        remedy = "Give persons, the owner counted, or leave the cell empty."
        faults = [Fault("actors", str(actor), "employees", str(value), "is no number of at least 1", remedy) for actor, value in given[wrong].items()]
        raise DataError(f"{len(faults)} numbers of employees cannot be used", faults)
    return np.asarray(persons)


def _sizes(actors: pd.DataFrame, firm: Bools, told: Floats, ledger: Ledger) -> pd.Series:
    """The size class of each firm; missing for bodies."""
    known = pd.Series(sizes_of(told), index=actors.index, dtype="object")
    if "size" in actors:
        known = actors["size"].astype("object").where(actors["size"].notna(), known)
    known = known.where(firm, None)
    flag = actors["sme"].astype("boolean").fillna(value=pd.NA) if "sme" in actors else pd.Series(pd.NA, index=actors.index, dtype="boolean")
    word = flag.astype("object").map({True: "yes", False: "no"}).fillna("unknown")
    wanted = firm & known.isna().to_numpy()
    for answer, meaning in (("yes", " flagged as SME: micro, small or medium"), ("no", " flagged as no SME: large"), ("unknown", "")):
        ledger.note(f"size class of firms{meaning}", wanted & (word == answer).to_numpy())
    drawn = among(known, _allowed, actors["country"].astype("object") + " " + word, wanted, ledger.unit(SIZE))
    return drawn.where(firm, None)


def _allowed(group: str) -> Share:
    """Shares of the size classes that a firm of a country can have by its flag."""
    country, flag = group.split(" ")
    told = share(country, "size")
    large = np.array([name == "large" for name in told.classes])
    return told._replace(values=np.where(large, 0.0, told.values) if flag == "yes" else np.where(large, told.values, 0.0) if flag == "no" else told.values)


def _employees(actors: pd.DataFrame, firm: Bools, size: pd.Series, told: Floats, ledger: Ledger) -> npt.NDArray[np.float32]:
    wanted = np.isnan(told)
    ledger.note("employees of firms, within the size class", wanted & firm)
    ledger.note(f"staff of bodies: log-normal, median {constant('body', 'staff'):.0f}", wanted & ~firm)
    drawn = np.where(firm, people(size.where(firm, SIZES[0]), actors["country"], ledger.unit(PERSONS)), staff(ledger.unit(STAFF), ledger.unit(STAFF, 1)))
    return np.where(wanted, drawn, told).astype(np.float32)


def _sectors(actors: pd.DataFrame, firm: Bools, ledger: Ledger) -> pd.Categorical:
    known = actors["sector"].astype("object").where(firm, None) if "sector" in actors else pd.Series(None, index=actors.index, dtype="object")
    sections = {value: nace_section(str(value)) for value in known.dropna().unique()}
    if all(sections.values()):
        ledger.note("sectors: NACE codes reduced to their sections", known.notna().to_numpy() & (known != known.map(sections)).to_numpy(), "repaired")
        known = known.map(sections)
        wanted = firm & known.isna().to_numpy()
        drawn = among(known, lambda country: share(country, "sector"), actors["country"], wanted, ledger.unit(SECTOR))
    else:  # words of the user: firms of all countries draw from them
        wanted = firm & known.isna().to_numpy()
        drawn = among(known, lambda country: share(country, "sector"), pd.Series("", index=actors.index), wanted, ledger.unit(SECTOR))
    ledger.note("sector of firms", wanted)
    return pd.Categorical(drawn.where(firm, None))


def _regions(actors: pd.DataFrame, ledger: Ledger) -> pd.Series:
    """The region of each actor, drawn within its country where it is not known."""
    known = actors["region"].astype("str").astype("object") if "region" in actors else pd.Series(None, index=actors.index, dtype="object")
    abroad = np.array(
        [isinstance(code, str) and nuts_level(code) is not None and code[:2] != country for code, country in zip(known, actors["country"], strict=True)],
        dtype=bool,
    )
    ledger.note("region of another country: drawn within the own country", abroad)
    known = known.where(~abroad, None)
    absent = known.isna().to_numpy()
    ledger.note("region, within the country", absent & ~abroad)
    length = int(known.dropna().str.len().mode().iloc[0]) if known.notna().any() else 0

    def otherwise(country: str) -> Share:
        if country in countries():
            return regions(country, length)
        return Share("region", country, (country,), np.ones(1), "", known=False)

    return among(known, otherwise, actors["country"].astype("object"), absent, ledger.unit(REGION))


def _coordinates(actors: pd.DataFrame, region: pd.Series, ledger: Ledger) -> dict[str, npt.NDArray[np.float32]]:
    """Degrees: those given, else of the region (the mean of its actors, its point), else of the country in the same way."""
    given = _degrees(actors)
    country = actors["country"].astype("object")
    found = given
    for area in (region, country):
        points = places(tuple(str(name) for name in area.unique()))
        found = found.fillna(given.groupby(area).transform("mean")).fillna(points.reindex(area.to_numpy()).set_axis(actors.index))
    ledger.note("coordinates: of the region, or of the country", given.isna().any(axis=1).to_numpy(), "repaired")
    return {axis: found[axis].to_numpy(dtype=np.float32) for axis in ("lat", "lon")}


def _degrees(actors: pd.DataFrame) -> pd.DataFrame:
    """Coordinates as far as they are known."""
    empty = pd.Series(np.nan, index=actors.index)
    given = pd.DataFrame({axis: actors[axis].astype("float64") if axis in actors else empty for axis in ("lat", "lon")})
    return given.where(given.notna().all(axis=1))


def _ages(actors: pd.DataFrame, ledger: Ledger) -> npt.NDArray[np.int16]:
    given: Any = pd.to_numeric(actors["age"], errors="coerce") if "age" in actors else pd.Series(np.nan, index=actors.index)
    known = given.to_numpy(dtype=np.float64, na_value=np.nan)
    mean = constant("age", "mean")
    ledger.note(f"age: exponential, mean {mean:.0f} years", np.isnan(known))
    drawn = np.floor(-mean * np.log1p(-ledger.unit(AGE)))
    return np.clip(np.where(np.isnan(known), drawn, known), 0, 32767).astype(np.int16)
