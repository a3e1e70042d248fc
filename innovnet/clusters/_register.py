"""A register of clusters: who is in them, since when, who owns whom, what is known of them year by year."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import pandas as pd

from innovnet._text import escape
from innovnet.clusters._sheets import DTYPES, SHEETS, Sheet
from innovnet.graph._tables import fingerprint_of, quality

_FLAGS = {"yes": True, "no": False, True: True, False: False}


@dataclass(frozen=True, eq=False, repr=False)
class Register:
    """Clusters over time, frozen: nine tables with the columns of the workbook.

    Made by :func:`innovnet.clusters.read_register` from a workbook or by :meth:`from_frames`. A table that was not given is empty.

    Examples
    --------
    >>> import innovnet as inn
    >>> register = inn.clusters.example()
    >>> register.clusters.columns[:3].tolist()
    ['name', 'country', 'region']
    """

    _tables: Mapping[str, pd.DataFrame]
    _quality: pd.DataFrame = field(default_factory=quality)

    @classmethod
    def _from_tables(cls, tables: Mapping[str, pd.DataFrame], noted: pd.DataFrame) -> Self:
        """Trusted constructor from checked tables: columns as in the sheets (a single key column may be a column or the index), cells typed or missing."""
        return cls({name: conformed(tables.get(name), sheet) for name, sheet in SHEETS.items()}, noted)

    @classmethod
    def from_frames(
        cls,
        clusters: pd.DataFrame,
        membership: pd.DataFrame,
        *,
        organisations: pd.DataFrame | None = None,
        ownership: pd.DataFrame | None = None,
        cooperation: pd.DataFrame | None = None,
        facts: pd.DataFrame | None = None,
        member_facts: pd.DataFrame | None = None,
        funding: pd.DataFrame | None = None,
        population: pd.DataFrame | None = None,
    ) -> Self:
        """Make a register from tables with the columns of the workbook, with the same checks.

        Parameters
        ----------
        clusters
            One row for each cluster: ``cluster``, and whatever is known of name, country, region, sectors, founded, dissolved, joint_since, legal_form,
            governance, strategy, strategy_from, strategy_to, stages, source.
        membership
            One row for each spell of membership: ``cluster``, ``organisation``, and from, to, role, stage.
        organisations
            Index or column ``organisation``; actor, name, country, nuts3, nace, kind, size, employees, registry_code, vat, high_value. None: of the
            organisations that the other tables name nothing is known.
        ownership
            owner, owned, share or control, owner_kind, same_market, from, to.
        cooperation
            One row for each participant of a joint event: event, organisation, start, end, kind, programme.
        facts
            cluster, year, staff_fte, activities, and any further column: a declared fact, with NAME_low and NAME_high where it is a range.
        member_facts
            organisation, year, turnover_eur, export_eur, rd_eur, rd_declared, exporter.
        funding
            cluster, year, source, amount_eur or share.
        population
            region, nace, year, firms, employees.

        Returns
        -------
        Register
            Identifiers are text; ``quality`` says what was read, filled in, and is not known.

        Raises
        ------
        DataError
            All faults at once, as :func:`innovnet.clusters.read_register` names them; rows are counted from 0.

        Notes
        -----
        Cells may be typed or text: dates like 2024-03-31 and years, yes and no, numbers. What the workbook requires of clusters, organisations and memberships
        beside their identifiers may be missing here: a name is the identifier then, a role "member", all else is not known, and counted. What deserves a
        look without being a fault is one :class:`innovnet.errors.DataWarning`. Cost: O(rows log rows).

        Examples
        --------
        >>> import warnings
        >>> import pandas as pd
        >>> import innovnet as inn
        >>> clusters = pd.DataFrame({"cluster": ["K"], "founded": [2020]})
        >>> members = pd.DataFrame({"cluster": "K", "organisation": list("abcde"), "from": 2020})
        >>> with warnings.catch_warnings(action="ignore"):  # regions, sectors, owners are not known, and nobody coordinates
        ...     register = inn.clusters.Register.from_frames(clusters, members)
        >>> register
        Register: 1 clusters, 5 organisations, 5 membership
        >>> register.quality["item"].str[:3].loc[lambda code: code.str.startswith("W")].unique().tolist()
        ['W03', 'W10']
        """
        from innovnet.clusters.read._frames import from_tables  # noqa: PLC0415  # the readers are not loaded before they are needed

        given = {
            "clusters": clusters,
            "membership": membership,
            "organisations": organisations,
            "ownership": ownership,
            "cooperation": cooperation,
            "facts": facts,
            "member_facts": member_facts,
            "funding": funding,
            "population": population,
        }
        register, report = from_tables(given)
        report.warn(stacklevel=2)
        return cls(register._tables, register._quality)

    def _table(self, name: str) -> pd.DataFrame:
        return self._tables[name].copy(deep=False)

    @property
    def clusters(self) -> pd.DataFrame:
        """The clusters, index ``cluster``."""
        return self._table("clusters")

    @property
    def organisations(self) -> pd.DataFrame:
        """Members, partners and owners, index ``organisation``."""
        return self._table("organisations")

    @property
    def membership(self) -> pd.DataFrame:
        """Spells of membership: cluster, organisation, from, to (both days belong to it; missing: it goes on), role, stage."""
        return self._table("membership")

    @property
    def ownership(self) -> pd.DataFrame:
        """Who owns whom: owner, owned, share or control, owner_kind, same_market, from, to."""
        return self._table("ownership")

    @property
    def cooperation(self) -> pd.DataFrame:
        """Joint events outside the cooperation data: event, organisation, start, end, kind, programme."""
        return self._table("cooperation")

    @property
    def facts(self) -> pd.DataFrame:
        """Facts of clusters by year; declared facts as numbers, yes 1 and no 0, with _low and _high where they are ranges."""
        return self._table("facts")

    @property
    def member_facts(self) -> pd.DataFrame:
        """Facts of organisations by year."""
        return self._table("member_facts")

    @property
    def funding(self) -> pd.DataFrame:
        """Money by cluster, year and source."""
        return self._table("funding")

    @property
    def population(self) -> pd.DataFrame:
        """All firms by region, sector and year."""
        return self._table("population")

    @property
    def quality(self) -> pd.DataFrame:
        """What was read, repaired, dropped or kept, with counts."""
        return self._quality.copy(deep=False)

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return len(self._tables["clusters"])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the content: equal for equal registers, on every machine."""
        return fingerprint_of("register", *(part for name, table in self._tables.items() for part in (name, table)))

    def __repr__(self) -> str:
        rows = ", ".join(f"{len(table):,} {name.replace('_', ' ')}" for name, table in self._tables.items() if len(table))
        return f"Register: {rows or 'empty'}"

    def _repr_html_(self) -> str:
        return f"<b>{escape(repr(self))}</b>{self._tables['clusters'][['name', 'country', 'founded']].head(10).to_html() if self.n_clusters else ''}"


def conformed(table: pd.DataFrame | None, sheet: Sheet) -> pd.DataFrame:
    """A deep copy with all columns of the sheet in their types, in the order of the sheet; further columns after them where the sheet is open."""
    given = pd.DataFrame() if table is None else table.copy(deep=True)
    index = sheet.key[0] if len(sheet.key) == 1 else None
    if index is not None and given.index.name == index:
        given = given.reset_index()
    further = [column for column in given.columns if column not in sheet.names] if sheet.open else []
    columns = {}
    for one in sheet.fields:
        values = given[one.name] if one.name in given else pd.Series([None] * len(given), index=given.index)
        values = values.map(_FLAGS.get, na_action="ignore") if one.kind == "flag" and not pd.api.types.is_bool_dtype(values) else values
        columns[one.name] = values.astype(pd.api.types.pandas_dtype(DTYPES[one.kind]))
    columns |= {column: given[column].astype("float64") for column in further}
    found = pd.DataFrame(columns, index=given.index).reset_index(drop=True)
    return found if index is None else found.set_index(index)
