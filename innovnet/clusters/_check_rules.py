"""What is wrong with rules as a whole (R03 to R21), and what deserves a look."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from innovnet._check import did_you_mean
from innovnet.clusters._read_rules import Draft, Found
from innovnet.clusters._rules import Criterion, Rules
from innovnet.clusters._rules_bounds import conflicts, distance, falls, implied
from innovnet.clusters._toml_lines import Place

#: Beside the levels, in tables of transitions and of shares.
RESERVED = ("new", "dissolved", "not decided")


def check(draft: Draft) -> list[Found]:
    """All faults: of single entries, and of the rules as a whole."""
    checks = (_ids, _levels, _empty_levels, _soft, _sources, _marks, _guarantees, _immediate, _labels, _falling, _unreachable)
    return [*draft.found, *chain.from_iterable(one(draft) for one in checks)]


def _numbered(draft: Draft) -> Iterator[tuple[Place, Criterion]]:
    """Criteria with their place in the file."""
    return ((("criterion", number), criterion) for number, criterion in zip(draft.numbers, draft.rules.criteria, strict=True))


def _place(draft: Draft, criterion: Criterion, key: str = "threshold") -> Place:
    return next((*place, key) for place, one in _numbered(draft) if one is criterion)


def _at_fault(draft: Draft, place: Place) -> bool:
    """Whether something at this place has been noted already."""
    return any(found.place[: len(place)] == place for found in draft.found)


def _whole(draft: Draft) -> bool:
    """Whether every criterion could be read and has its level: else nothing can be said of what is absent."""
    return draft.whole and all(c.level in draft.rules.levels for c in draft.rules.criteria)


def _twice(names: list[str]) -> set[int]:
    """Positions of names that stood before."""
    return {k for k, name in enumerate(names) if name in names[:k]}


def _ids(draft: Draft) -> Iterator[Found]:
    rules = draft.rules
    entries = (
        ("criterion", draft.numbers, [c.id for c in rules.criteria]),
        ("warning", draft.warnings, [a.id for a in rules.alerts]),
    )
    for key, numbers, ids in entries:
        for k in sorted(_twice(ids)):
            yield Found((key, numbers[k], "id"), ids[k], f"R03 stands twice as id of a {key}", "Give each its own id.")
    for k in sorted(_twice([rules.below, *rules.levels])):
        name = rules.levels[k - 1]
        yield Found(("levels", k - 1), name, "R03 stands twice among the levels and what is below them", "Give each its own name.")
    for k, name in enumerate([rules.below, *rules.levels]):
        if name in RESERVED:
            place = ("levels", k - 1) if k else ("below",)
            yield Found(place, name, "R03 is what tables of levels say of clusters that have none", "Give it another name.")


def _levels(draft: Draft) -> Iterator[Found]:
    rules = draft.rules
    if not rules.levels:
        return
    named: list[tuple[Place, str, str]] = [((*place, "level"), c.level, "R04") for place, c in _numbered(draft)]
    named += [(("soft", level), level, "R04") for level in rules.soft]
    named += [(("monitoring", "minimum_stay", level), level, "R20") for level in rules.pace.minimum_stay]
    named += [(("monitoring", "valid_years", level), level, "R20") for level in rules.pace.valid_years]
    for place, level, code in named:
        if level not in rules.levels:
            yield Found(place, level, f"{code} unknown level", f"{did_you_mean(level, rules.levels)} Levels: {', '.join(rules.levels)}.")


def _empty_levels(draft: Draft) -> Iterator[Found]:
    rules, used = draft.rules, {c.level for c in draft.rules.criteria}
    for k, level in enumerate(rules.levels):
        if level not in used and _whole(draft):
            yield Found(("levels", k), level, "R05 has no criterion", "Give the level a criterion, or leave it out.")


def _soft(draft: Draft) -> Iterator[Found]:
    rules = draft.rules
    number = Counter(c.level for c in rules.criteria if c.strength == "soft")
    for level, rule in rules.soft.items():
        place: Place = ("soft", level)
        if level not in rules.levels or _at_fault(draft, place):
            continue
        if (rule.at_least is None) == (rule.share is None):
            yield Found(place, "", "R14 needs either at_least or share", "Write { at_least = 2 } or { share = 0.5 }.")
        elif _whole(draft) and not number[level]:
            yield Found(place, "", f"R14 level {level!r} has no soft criterion", 'Mark criteria strength = "soft", or leave the rule out.')
        elif _whole(draft) and rule.at_least is not None and rule.at_least > number[level]:
            problem = f"R14 asks for more soft criteria than the {number[level]} of level {level!r}"
            yield Found((*place, "at_least"), rule.at_least, problem, "Ask for fewer, or add some.")
    for at, c in _numbered(draft):
        if c.strength == "soft" and c.level in rules.levels and c.level not in rules.soft and c is _first_soft(rules, c.level):
            problem = f"R14 level {c.level!r} has soft criteria, but no rule how many are enough"
            yield Found((*at, "strength"), c.strength, problem, f"Write soft = {{ {c.level} = {{ at_least = 1 }} }}.")


def _first_soft(rules: Rules, level: str) -> Criterion:
    return next(c for c in rules.criteria if c.level == level and c.strength == "soft")


def _sources(draft: Draft) -> Iterator[Found]:
    rules = draft.rules
    for name, source in rules.sources.items():
        if source.read != "own" and not source.locator.strip() and not _at_fault(draft, ("sources", name)):
            yield Found(("sources", name), source.title, "R16 has no locator", "Say where it stands there: page, point, day of look-up.")
    for place, c in _numbered(draft):
        if c.source not in rules.sources and not _at_fault(draft, ("sources", c.source)):
            remedy = f'{did_you_mean(c.source, list(rules.sources))} Or add [sources] {c.source} = {{ title = "...", date = 2024-03-31, read = "own" }}.'
            yield Found((*place, "source"), c.source, f"R16 source of {c.id} is not listed", remedy)


def _marks(draft: Draft) -> Iterator[Found]:
    for place, c in _numbered(draft):
        source = draft.rules.sources.get(c.source)
        if c.kind == "published" and source is not None and source.read in ("memory", "own") and not _at_fault(draft, ("sources", c.source)):
            problem = f"R17 {c.id} cannot be published: its source {c.source!r} was not read (read = {source.read!r})"
            yield Found((*place, "kind"), c.kind, problem, "Read the source, or call the criterion an operationalisation.")


def _breaks(rules: Rules, c: Criterion) -> bool:
    """Whether a further member could break the criterion."""
    direction = rules.meaning(c.indicator).direction
    asks_more = c.op in (">=", ">") or (c.op == "is" and c.threshold == 1)
    return direction == "either" or (direction == "up" and not asks_more)


def _guarantees(draft: Draft) -> Iterator[Found]:
    for place, c in _numbered(draft):
        if "member" in draft.rules.guarantees and _breaks(draft.rules, c):
            problem = f"R18 {c.id} breaks the guarantee that a further member never lowers the level"
            remedy = "Ask for a number of members that ... instead of a share or an upper limit, or take the guarantee out."
            yield Found((*place, "indicator"), c.condition, problem, remedy)


def _immediate(draft: Draft) -> Iterator[Found]:
    for place, c in _numbered(draft):
        if c.immediate and c.strength == "soft":
            yield Found((*place, "immediate"), c.immediate, f"R19 {c.id} is soft: it cannot bring the level down by itself", "Make it hard, or not immediate.")


def _labels(draft: Draft) -> Iterator[Found]:
    levels = draft.rules.levels
    for language, words in draft.rules.labels.items():
        if levels and len(words) != len(levels):
            yield Found(("labels", language), "", f"R21 {len(words)} labels for {len(levels)} levels", "Give one for each level, the lowest first.")


def _falling(draft: Draft) -> Iterator[Found]:
    for lower, higher in falls(draft.rules):
        words = [f"{c.level} asks {c.condition} ({c.id})" for c in (lower, higher)]
        yield Found(_place(draft, higher), higher.condition, f"R11 threshold falls: {', '.join(words)}", "A higher level asks for at least as much.")


def _unreachable(draft: Draft) -> Iterator[Found]:
    rules = draft.rules
    for level, least, most in conflicts(rules if _whole(draft) else replace(rules, soft={})):  # whether all soft ones are asked for is not sure then
        a, b = least.criterion, most.criterion
        later = max(a, b, key=lambda c: (rules.rank(c.level), rules.criteria.index(c)))
        words = f"{a.condition} ({a.id}) and {b.condition} ({b.id})"
        problem = f"R12 no cluster can be {level!r}: {words}" if a.key == b.key else f"R13 no cluster can be {level!r}: {words}, but {_reason(a, b)}"
        yield Found(_place(draft, later), later.condition, problem, "Change one of the two.")


def _reason(least: Criterion, most: Criterion) -> str:
    apart = distance(most, least)
    if apart is None:
        return "nobody is a member for longer than the cluster exists"
    return f"{most.key} is never less than {least.key}{f' − {-apart:g}' if apart else ''}"


def looks(draft: Draft) -> list[Found]:
    """What deserves a look in rules that can be used: criteria without effect, levels that rest on nothing published, criteria that a member may break."""
    return list(chain(_implied(draft), _never_failing(draft), _ungated(draft), _either(draft)))


def _implied(draft: Draft) -> Iterator[Found]:
    for reason, c in implied(draft.rules):
        problem = f"W1 {c.id} has no effect: {reason.level} already asks {reason.condition} ({reason.id})"
        yield Found(_place(draft, c), c.condition, problem, "Leave it out, or ask for more.")


def _never_failing(draft: Draft) -> Iterator[Found]:
    for place, c in _numbered(draft):
        meaning = draft.rules.meaning(c.indicator)
        if (c.op == ">=" and c.threshold <= meaning.low) or (c.op == "<=" and c.threshold >= meaning.high):
            problem = f"W2 {c.id} can never fail: {c.indicator} lies between {meaning.low:g} and {meaning.high:g}"
            yield Found((*place, "threshold"), c.condition, problem, "Leave it out, or ask for more.")


def _ungated(draft: Draft) -> Iterator[Found]:
    for k, level in enumerate(draft.rules.levels):
        if not any(c.level == level and c.gate for c in draft.rules.criteria):
            yield Found(("levels", k), level, "W3 rests on no published or borrowed criterion", "Say so wherever the level is shown.")


def _either(draft: Draft) -> Iterator[Found]:
    for place, c in _numbered(draft):
        if "member" not in draft.rules.guarantees and _breaks(draft.rules, c):
            problem = f"W4 a further member may break {c.id}"
            yield Found((*place, "indicator"), c.condition, problem, "Ask for a number of members, if that is not meant.")
