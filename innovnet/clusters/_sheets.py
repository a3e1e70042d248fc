"""The nine sheets of a register: the one definition that reader, template, tables and documentation follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "id",  # text, whatever it looks like
    "text",
    "texts",  # several, separated by ";"
    "choice",
    "flag",  # yes, no
    "date",  # a bare year is its first day
    "last date",  # a bare year is its last day
    "year",
    "whole",  # a whole number of at least 0
    "money",  # EUR, at least 0
    "share",  # 0 to 1
    "number",
    "country",  # two letters as Eurostat writes them
    "nuts",
    "nace",
    "naces",  # several, separated by ";"
]

LEGAL_FORMS = ("association", "public body", "company", "agreement", "other")
KINDS = ("firm", "research", "education", "public", "association", "other")
SIZES = ("micro", "small", "medium", "large")
ROLES = ("coordinator", "member", "facilitator", "rd_body", "foreign_member")
CONTROLS = ("votes", "board", "contract", "agreement")
OWNER_KINDS = ("firm", "person", "public", "university", "venture", "institutional")
COOPERATION_KINDS = ("R&D", "product", "export", "training", "supply")
FUNDING_SOURCES = ("members", "state", "municipal", "eu", "other")


@dataclass(frozen=True)
class Field:
    """A column of a sheet."""

    name: str
    kind: Kind
    note: str  #: what belongs into it: the note in the header of the template
    required: bool = False  #: no cell may be empty
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook, which is also a table of the register."""

    name: str
    note: str  #: what one row is
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()  #: columns that together identify a row
    required: bool = False  #: a register without it cannot be read
    open: bool = False  #: takes further columns: declared facts

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in order."""
        return tuple(field.name for field in self.fields)


def _field(name: str, kind: Kind, note: str, *choices: str) -> Field:
    return Field(name.removesuffix("*"), kind, note, name.endswith("*"), choices)


SHEETS: Mapping[str, Sheet] = {
    sheet.name: sheet
    for sheet in (
        Sheet(
            "clusters",
            "One row for each cluster.",
            (
                _field("cluster*", "id", "Identifier of the cluster, the same in all sheets."),
                _field("name*", "text", "Name of the cluster."),
                _field("country*", "country", "Country of its seat: two letters as Eurostat writes them (LT, EL, UK)."),
                _field("region", "nuts", "NUTS code of its main region."),
                _field("sectors*", "naces", "NACE codes of its main activities, several separated by ;"),
                _field("founded*", "date", "Day on which it was founded; a year means its first day."),
                _field("dissolved", "last date", "Day on which it ended; empty while it goes on."),
                _field("joint_since", "date", "Day on which joint activity began; empty where it is not known."),
                _field("legal_form", "choice", "Legal form.", *LEGAL_FORMS),
                _field("governance", "flag", "Is there an approved governance structure?"),
                _field("strategy", "flag", "Is there an approved strategy? Its days stand in the next two columns, where they are known."),
                _field("strategy_from", "date", "First day of the strategy in force."),
                _field("strategy_to", "last date", "Last day of the strategy; empty where it has no end."),
                _field("stages", "texts", "Stages of the value chain that the cluster means to cover, separated by ;"),
                _field("source", "text", "Where these facts come from."),
            ),
            key=("cluster",),
            required=True,
        ),
        Sheet(
            "organisations",
            "One row for each organisation: members, partners outside the cluster, owners.",
            (
                _field("organisation*", "id", "Identifier of the organisation, the same in all sheets."),
                _field(
                    "actor",
                    "id",
                    "Its identifier in the cooperation data (CORDIS: PIC). Write none if it was looked up and takes part in nothing: its ties are known then. "
                    "Empty: an equal identifier, then an equal VAT number is looked for; if neither is found, its ties are not known.",
                ),
                _field("name*", "text", "Legal name."),
                _field("country*", "country", "Country: two letters as Eurostat writes them (LT, EL, UK)."),
                _field("nuts3", "nuts", "NUTS 3 code of its seat."),
                _field("nace", "nace", "NACE code of its main activity."),
                _field("kind*", "choice", "Kind of organisation.", *KINDS),
                _field("size", "choice", "Size class of a firm by Recommendation 2003/361/EC.", *SIZES),
                _field("employees", "whole", "Number of employees."),
                _field("registry_code", "id", "Code in the national register of legal entities."),
                _field("vat", "id", "VAT number."),
                _field("high_value", "flag", "Is its main activity one of high value added?"),
            ),
            key=("organisation",),
        ),
        Sheet(
            "membership",
            "One row for each spell of membership.",
            (
                _field("cluster*", "id", "Identifier of the cluster."),
                _field("organisation*", "id", "Identifier of the organisation."),
                _field("from*", "date", "First day of membership; a year means its first day."),
                _field("to", "last date", "Last day of membership; empty while it goes on."),
                _field("role*", "choice", "Role in the cluster; facilitators are not counted as members.", *ROLES),
                _field("stage", "text", "Stage of the value chain that the member covers."),
            ),
            required=True,
        ),
        Sheet(
            "ownership",
            "One row for each owner of an organisation.",
            (
                _field("owner*", "id", "Identifier of the owner: an organisation of the register, or another one, or a person."),
                _field("owned*", "id", "Identifier of the organisation that is owned."),
                _field("share", "share", "Share of capital or votes, 0 to 1."),
                _field("control", "choice", "Control other than by share: majority of votes, right to appoint the board, contract, agreement.", *CONTROLS),
                _field("owner_kind*", "choice", "Kind of owner; public authorities never link.", *OWNER_KINDS),
                _field("same_market", "flag", "For persons: are the firms in the same or an adjacent market?"),
                _field("from", "date", "First day; empty: always."),
                _field("to", "last date", "Last day; empty while it goes on."),
            ),
        ),
        Sheet(
            "cooperation",
            "One row for each participant of a joint event (project, joint product, fair, training).",
            (
                _field("event*", "id", "Identifier of the event; a row for each participant."),
                _field("organisation*", "id", "Identifier of the participant."),
                _field("start*", "date", "First day of the event, the same in all its rows."),
                _field("end", "last date", "Last day of the event; empty: its first day only."),
                _field("kind", "choice", "Kind of cooperation.", *COOPERATION_KINDS),
                _field("programme", "text", "Programme or call that it belongs to."),
            ),
        ),
        Sheet(
            "facts",
            "One row for each cluster and year; facts that your rules declare have columns of their own, each may have NAME_low and NAME_high.",
            (
                _field("cluster*", "id", "Identifier of the cluster."),
                _field("year*", "year", "Year."),
                _field("staff_fte", "number", "Full-time equivalents of its management."),
                _field("activities", "whole", "Number of joint activities in the year."),
            ),
            key=("cluster", "year"),
            open=True,
        ),
        Sheet(
            "member_facts",
            "One row for each organisation and year.",
            (
                _field("organisation*", "id", "Identifier of the organisation."),
                _field("year*", "year", "Year."),
                _field("turnover_eur", "money", "Turnover."),
                _field("export_eur", "money", "Exports."),
                _field("rd_eur", "money", "Spending on research and development."),
                _field("rd_declared", "flag", "Did it declare R&D spending to the statistical office?"),
                _field("exporter", "flag", "Did it export?"),
            ),
            key=("organisation", "year"),
        ),
        Sheet(
            "funding",
            "One row for each cluster, year and source of money.",
            (
                _field("cluster*", "id", "Identifier of the cluster."),
                _field("year*", "year", "Year."),
                _field("source*", "choice", "Who paid.", *FUNDING_SOURCES),
                _field("amount_eur", "money", "Amount; or give shares."),
                _field("share", "share", "Share of the year's total, 0 to 1; or give amounts."),
            ),
            key=("cluster", "year", "source"),
        ),
        Sheet(
            "population",
            "One row for each region, sector and year: all firms there, members or not.",
            (
                _field("region*", "nuts", "NUTS code."),
                _field("nace*", "nace", "NACE code."),
                _field("year*", "year", "Year."),
                _field("firms*", "whole", "Number of firms."),
                _field("employees", "whole", "Number of employees."),
            ),
            key=("region", "nace", "year"),
        ),
    )
}

#: The pandas type of a column of each kind in the tables of a register.
DTYPES: Mapping[Kind, str] = {
    "id": "str",
    "text": "str",
    "texts": "str",
    "choice": "str",
    "flag": "boolean",
    "date": "datetime64[us]",
    "last date": "datetime64[us]",
    "year": "int64",
    "whole": "Int64",
    "money": "float64",
    "share": "float64",
    "number": "float64",
    "country": "str",
    "nuts": "str",
    "nace": "str",
    "naces": "str",
}
