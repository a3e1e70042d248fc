"""Rules out of a table of TOML: every entry looked at, what is wrong with it noted, the rest kept."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from innovnet._check import did_you_mean
from innovnet.clusters._catalogue import CATALOGUE, FACT, Indicator
from innovnet.clusters._rules import FACT_TYPES, Alert, Criterion, Pace, Rules, Settings, Soft, Source
from innovnet.clusters._rules_schema import (
    CRITERION,
    DEFAULTS,
    PACE,
    SETTINGS,
    SOFT,
    SOURCE,
    TOP,
    VALID,
    WARNING,
    YEARS,
    Entry,
    is_number,
    iso,
    one_of,
    texts,
    whole,
)
from innovnet.clusters._toml_lines import Place

_TOGETHER = {"indicator", "args", "op", "threshold", "unit", "change"}


class Found(NamedTuple):
    """Something wrong with rules: where it stands in the table, what stands there, what to do."""

    place: Place
    value: object
    problem: str  #: begins with its code
    remedy: str


class Draft(NamedTuple):
    """What could be read. ``numbers`` are the positions of the criteria and warnings in the file: those at fault are left out."""

    rules: Rules
    numbers: list[int]
    warnings: list[int]
    found: list[Found]
    whole: bool  #: no level, criterion or warning was left out


class Reader:
    """Reads tables and notes what does not fit."""

    def __init__(self) -> None:
        self.found: list[Found] = []

    def note(self, place: Place, value: object, problem: str, remedy: str) -> None:
        """Something is wrong."""
        self.found.append(Found(place, value, problem, remedy))

    def table(self, place: Place, given: Mapping[str, Any], entries: Mapping[str, Entry]) -> dict[str, Any]:
        """The entries that are as they should be."""
        good = {}
        for key, value in given.items():
            if key not in entries:
                self.note((*place, key), "", f"R01 unknown key {key!r}", did_you_mean(key, list(entries)))
            elif not entries[key].fits(value):
                self.note((*place, key), value, f"{entries[key].code} is not {entries[key].words}", "Correct it.")
            else:
                good[key] = value
        for key, entry in entries.items():
            if entry.required and key not in given:
                code = "R16" if entry.code == "R16" else "R02"
                self.note(place, "", f"{code} {key} is missing", f"Add {key}: {entry.words}.")
        return good

    def named(self, place: Place, given: Mapping[str, Any], entries: Mapping[str, Entry]) -> dict[str, dict[str, Any]]:
        """Tables by name, each with these entries."""
        tables = {}
        for name, value in given.items():
            if isinstance(value, dict):
                tables[name] = self.table((*place, name), value, entries)
            else:
                self.note((*place, name), value, "R22 is not a table", f"Write {name} = {{ {', '.join(entries)} }}.")
        return tables

    def each(self, place: Place, given: Mapping[str, Any], entry: Entry) -> dict[str, Any]:
        """Entries of any name, all of one sort."""
        return self.table(place, given, dict.fromkeys(given, entry))

    def measure(self, place: Place, given: Mapping[str, Any], facts: Mapping[str, str]) -> None:
        """Indicator, arguments, operator, threshold and unit of a criterion or warning, each by what the indicator is."""
        name = given["indicator"]
        fact = name.removeprefix(FACT)
        if name not in CATALOGUE and not (name.startswith(FACT) and fact in facts):
            if name.startswith(FACT):
                self.note((*place, "indicator"), name, f"R06 fact {fact!r} is not declared", f"Add it to [facts]; types: {', '.join(FACT_TYPES)}.")
            else:
                self.note((*place, "indicator"), name, "R06 unknown indicator", f'{did_you_mean(name, list(CATALOGUE))} A fact of your own is "fact:NAME".')
            return
        meaning = CATALOGUE[name] if name in CATALOGUE else FACT_TYPES[facts[fact]]
        self._arguments((*place, "args"), given.get("args", {}), meaning)
        change = given.get("change", "none")
        self._comparison(place, given["op"], meaning, change)
        problem = _threshold(given["threshold"], given["op"], meaning, change)
        if problem:
            self.note((*place, "threshold"), given["threshold"], f"R09 {problem}", "Correct the threshold, or choose another indicator.")
        if meaning.unit and given.get("unit", meaning.unit) != meaning.unit:
            self.note((*place, "unit"), given["unit"], f"R10 {name} is measured in {meaning.unit}", f'Write unit = "{meaning.unit}", or leave it out.')

    def _arguments(self, place: Place, given: Mapping[str, Any], meaning: Indicator) -> None:
        for key, value in given.items():
            if key not in meaning.args:
                self.note((*place, key), value, f"R07 {meaning.name or 'a fact'} takes no argument {key!r}", did_you_mean(key, list(meaning.args)))
                continue
            allowed = meaning.args[key]
            if not is_number(value) or not allowed.low <= value <= allowed.high or (allowed.whole and value % 1):
                sort = "a whole number" if allowed.whole else "a number"
                self.note((*place, key), value, f"R07 {key} is not {sort} from {allowed.low:g} to {allowed.high:g}", "Correct it.")
        for key in meaning.args:
            if key not in given:
                example = f"args = {{ {key} = {meaning.args[key].default:g} }}"
                self.note(place, "", f"R07 {meaning.name} needs the argument {key!r}", f"Write {example}.")

    def _comparison(self, place: Place, op: str, meaning: Indicator, change: str) -> None:
        if change == "none" and (op == "is") != (meaning.kind == "flag"):
            sort, remedy = ("yes or no", 'Write op = "is" and threshold = true or false.') if meaning.kind == "flag" else ("a number", "Use >=, >, <= or <.")
            self.note((*place, "op"), op, f"R08 does not fit what is {sort}", remedy)
        elif change != "none" and op == "is":
            self.note((*place, "op"), op, "R08 does not fit a change", "Use >=, >, <= or <.")
        elif change == "relative" and meaning.low < 0:
            self.note((*place, "change"), change, f"R08 {meaning.name} may be below 0: a relative change means nothing", 'Use change = "absolute".')


def _threshold(value: float, op: str, meaning: Indicator, change: str) -> str:
    """What is wrong with a threshold; nothing if it can be used."""
    flag = meaning.kind == "flag" and change == "none"
    if isinstance(value, bool) != flag:
        return "is not true or false" if flag else "is not a number"
    if flag:
        return ""
    if change != "none":
        return "cannot be reached: nothing falls by more than all of it" if change == "relative" and value < -1 else ""
    if not meaning.low <= value <= meaning.high:
        return f"lies outside the range of the indicator, {meaning.low:g} to {meaning.high:g}"
    if meaning.kind == "count" and value % 1:
        return "is not a whole number, but the indicator is a count"
    if (op == ">" and value == meaning.high) or (op == "<" and value == meaning.low):
        return f"cannot be reached: the indicator ends at {value:g}"
    return ""


def read(raw: Mapping[str, Any]) -> Draft:
    """The rules of a table as TOML gives it, and what is wrong with its single entries."""
    reader = Reader()
    top = reader.table((), raw, TOP)
    facts = reader.each(("facts",), top.get("facts", {}), one_of(FACT_TYPES))
    usual = reader.table(("defaults",), top.get("defaults", {}), DEFAULTS)
    if usual.get("kind") == "published":
        reader.note(("defaults", "kind"), "published", "R17 must be written at each criterion", 'Write kind = "published" where it is true.')
    criteria = _measures(reader, "criterion", top.get("criterion", []), CRITERION, facts)
    alerts = _measures(reader, "warning", top.get("warning", []), WARNING, facts)
    settings = reader.table(("settings",), top.get("settings", {}), SETTINGS)
    sources = reader.named(("sources",), top.get("sources", {}), SOURCE)
    chosen: dict[str, Any] = {key: tuple(value) if key == "count_roles" else value for key, value in settings.items()}
    rules = Rules(
        name=top.get("name", ""),
        levels=tuple(top.get("levels", ())),
        criteria=tuple(_criterion({**usual, **good}, facts) for good in criteria.values()),
        sources={name: Source(s.get("title", ""), iso(s.get("date")), s.get("read", "own"), s.get("locator", "")) for name, s in sources.items()},
        version=top.get("version", "0"),
        disclaimer=top.get("disclaimer", ""),
        labels={language: tuple(words) for language, words in reader.each(("labels",), top.get("labels", {}), texts()).items()},
        below=top.get("below", "none"),
        cumulative=top.get("cumulative", True),
        guarantees=tuple(top.get("guarantees", ())),
        soft={level: Soft(**rule) for level, rule in reader.named(("soft",), top.get("soft", {}), SOFT).items()},
        settings=Settings(**chosen),
        pace=_pace(reader, reader.table(("monitoring",), top.get("monitoring", {}), PACE)),
        facts=facts,
        alerts=tuple(Alert(**{**good, "threshold": float(good["threshold"])}) for good in alerts.values()),
    )
    given = len(top.get("criterion", [])) + len(top.get("warning", []))
    return Draft(rules, list(criteria), list(alerts), reader.found, {"levels", "criterion"} <= top.keys() and len(criteria) + len(alerts) == given)


def _measures(reader: Reader, key: str, given: list[dict[str, Any]], entries: Mapping[str, Entry], facts: Mapping[str, str]) -> dict[int, dict[str, Any]]:
    """The criteria or warnings without a fault, by their position."""
    good = {}
    for number, one in enumerate(given):
        before = len(reader.found)
        entry = reader.table((key, number), one, entries)
        lost = one.keys() - entry.keys()
        sure = lost <= entries.keys() - _TOGETHER  # else a misspelt or faulty key would make the others look wrong
        if sure and all(name in entry for name, field in entries.items() if field.required):
            reader.measure((key, number), entry, facts)
        if key == "warning" and "text" in entry and _strange(entry["text"]):
            reader.note((key, number, "text"), entry["text"], "R22 has braces other than {value}, {before} and {later}", "Write {{ and }} for braces.")
        if len(reader.found) == before:
            good[number] = entry
    return good


def _strange(text: str) -> bool:
    """Whether the sentence of a warning cannot be filled up."""
    plain = text.replace("{{", "").replace("}}", "").replace("{value}", "").replace("{before}", "").replace("{later}", "")
    return "{" in plain or "}" in plain


def _criterion(good: Mapping[str, Any], facts: Mapping[str, str]) -> Criterion:
    name = good["indicator"]
    own = (FACT_TYPES[facts[name.removeprefix(FACT)]] if name.startswith(FACT) else CATALOGUE[name]).unit
    return Criterion(**{"unit": own, **good, "threshold": float(good["threshold"]), "weight": float(good.get("weight", 1))})


def _pace(reader: Reader, given: dict[str, Any]) -> Pace:
    stay = reader.each(("monitoring", "minimum_stay"), given.pop("minimum_stay", {}), whole(0, YEARS, "R20"))
    valid = reader.named(("monitoring", "valid_years"), given.pop("valid_years", {}), VALID)
    return Pace(**given, minimum_stay=stay, valid_years=valid)
