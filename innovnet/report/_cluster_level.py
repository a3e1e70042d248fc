"""The head of a sheet and part 1: the level in one sentence, and as steps."""

import pandas as pd

from innovnet.clusters._decide import _own
from innovnet.clusters._monitoring import Monitoring
from innovnet.clusters._rules import Criterion
from innovnet.report._canvas import drawing
from innovnet.report._cluster_ladder_plot import NOT_REACHED, POSSIBLE, REACHED, STATES, plot_cluster_ladder
from innovnet.report._cluster_part import Field, Part
from innovnet.report._cluster_words import condition, level_said, local, rests_on
from innovnet.report._exhibit import Column
from innovnet.report._format import count, number
from innovnet.report._words import capital, listing

CONDITIONS, LISTED = 3, 6  #: said one by one; with more their identifiers; with still more their number

COLUMNS = {
    "rank": Column("Rank", "", "0 is below the first level.", "≥ 0"),
    "level": Column("Level"),
    "local": Column("In other languages", definition="The words of the rules file for the level."),
    "state": Column("State", definition="reached: all that is certain reaches it; possible: data that are missing decide; not reached."),
    "ours": Column("Ours only", definition="Whether none of its own criteria is published or borrowed."),
    "text": Column("What is marked"),
    "detail": Column("Detail"),
    "symbol": Column("Sign in the drawing", definition="D: diamond; v: triangle."),
    "result": Column("Result"),
    "standing": Column("Whose rules"),
    "gates": Column("On published and borrowed criteria alone"),
    "gates_criteria": Column("Criteria behind it", "criteria"),
    "year": Column("Year", "year"),
    "assigned": Column("Assigned level"),
    "reason": Column("Why it is not the one of the year's data"),
}


def result_sentence(field: Field, cluster: str, monitoring: Monitoring | None = None) -> str:
    """The result in a few words: Developing, at least; mature if q2 or q3 declares R&D. On published and borrowed criteria alone: formed."""
    row, rules = field.level(cluster), field.assessment.rules
    assigned, certain = assigned_row(field, cluster, monitoring), row["rank_low"] == row["rank_high"]
    if not any(criterion.gate for criterion in rules.criteria):
        alone = "These rules rest on no published or borrowed criterion."
    elif certain and row["gates"] == row["level_low"]:
        alone = "The same on published and borrowed criteria alone."
    else:
        alone = f"On published and borrowed criteria alone: {level_said(rules, row['gates'])}."
    words = [_by_the_data(field, cluster), alone]
    if assigned is not None and assigned["rank"] != row["rank_low"]:
        words.append(f"Assigned for {assigned['year']}: {level_said(rules, assigned['level'])}.")
    return " ".join(words)


def _by_the_data(field: Field, cluster: str) -> str:
    """The level that is certain, and what would have to turn out for the highest one that is possible."""
    rules, row = field.assessment.rules, field.level(cluster)
    low, high = level_said(rules, row["level_low"]), level_said(rules, row["level_high"])
    if low == high:
        return f"{capital(low)}{_why_none(field, cluster) if row['rank_low'] == 0 else ''}."
    if rules.settings.missing == "met":
        return f"{capital(high)}, at most; {low} unless {conditions(field, cluster)}."
    if rules.settings.missing == "undecided":
        return f"Not decided: {low}, or {high} if {conditions(field, cluster)}."
    return f"{capital(low)}, at least; {high} if {conditions(field, cluster)}."


def _why_none(field: Field, cluster: str) -> str:
    """What keeps a cluster below the first level."""
    criteria = field.of("criteria", cluster)
    first = criteria[(criteria["level"] == field.assessment.rules.levels[0]) & ~criteria["met"].fillna(True).astype(bool)]
    if first.empty:
        return ""
    texts = field.of("missing", cluster).set_index("criterion")["text"]
    return f": {listing([_asked(texts[c]) for c in first['criterion'] if c in texts.index])}" if len(texts) else ""


def _asked(text: str) -> str:
    """A sentence of what is missing, inside another one: one more member needed (4 of 5)."""
    small = text[:1].lower() + text[1:]
    if "needed" in small:
        return small
    head, bracket, rest = small.partition(" (")
    return f"{head} needed{bracket}{rest}"


def conditions(field: Field, cluster: str) -> str:
    """What would have to turn out for the highest level that is possible."""
    rules, row = field.assessment.rules, field.level(cluster)
    criteria = field.of("criteria", cluster).set_index("criterion")
    open_to, open_, texts = criteria["met"].isna(), list[Criterion](), list[str]()
    levels = rules.levels[int(row["rank_low"]) : int(row["rank_high"])]
    for level in levels if rules.cumulative else levels[-1:]:
        of_level = [c for c in rules.criteria if c.level == level]
        unknown = [c for c in of_level if open_to[c.id]]
        hard = [c for c in unknown if c.strength == "hard"]
        open_ += hard
        texts += [_condition(field, cluster, c, criteria) for c in hard]
        soft, lack = [c for c in unknown if c.strength == "soft"], _lack(field, level, criteria)
        if soft and lack > 0:
            open_ += soft
            phrases = [_condition(field, cluster, c, criteria) for c in soft]
            texts.append(listing(phrases) if lack >= len(soft) else f"{lack} of these hold: {'; '.join(phrases)}")
    if len(open_) > CONDITIONS:
        which = listing([c.id for c in open_]) if len(open_) <= LISTED else count(len(open_), "criterion", "criteria")
        return f"the data that are missing for {which} say so"
    return listing(texts)


def _condition(field: Field, cluster: str, criterion: Criterion, criteria: pd.DataFrame) -> str:
    return condition(field.assessment.rules, criterion, float(criteria["value_low"][criterion.id]), field.unknown(cluster, criterion))


def _lack(field: Field, level: str, criteria: pd.DataFrame) -> int:
    """How many soft criteria are certainly lacking; where they have weights, all that are open count as needed."""
    rules = field.assessment.rules
    soft = [c for c in rules.criteria if c.level == level and c.strength == "soft"]
    if not soft:
        return 0
    certain = criteria["met"].fillna(False).astype(bool)
    met = [c for c in soft if certain[c.id]]
    rule = rules.soft[level]
    if rule.at_least is not None:
        return max(rule.at_least - len(met), 0)
    enough = sum(c.weight for c in met) >= (rule.share or 0.0) * sum(c.weight for c in soft) * (1 - 1e-9)
    return 0 if enough else len(soft)


def level_table(field: Field, cluster: str) -> pd.DataFrame:
    """One row for each rank with its state."""
    rules = field.assessment.rules
    states = [REACHED, *_states(field, cluster)]
    ranks, theirs = range(len(rules.levels) + 1), {criterion.level for criterion in rules.criteria if criterion.gate}
    return pd.DataFrame(
        [
            {"rank": rank, "level": rules.label(rank), "local": local(rules, rank), "state": states[rank], "ours": rank > 0 and rules.label(rank) not in theirs}
            for rank in ranks
        ]
    )


def _states(field: Field, cluster: str) -> list[str]:
    """Reached, possible or not: of levels that build on each other by rank, else each by its own criteria."""
    rules, row = field.assessment.rules, field.level(cluster)
    if rules.cumulative:
        ranks = range(1, len(rules.levels) + 1)
        return [REACHED if rank <= row["rank_low"] else POSSIBLE if rank <= row["rank_high"] else NOT_REACHED for rank in ranks]
    met = field.of("criteria", cluster)["met"]
    certain, possible = (met.fillna(value).to_numpy(dtype=bool)[:, None] for value in (False, True))
    own = [(bool(_own(rules, level, certain)[0]), bool(_own(rules, level, possible)[0])) for level in rules.levels]
    return [REACHED if sure else POSSIBLE if perhaps else NOT_REACHED for sure, perhaps in own]


def marks_table(field: Field, cluster: str, monitoring: Monitoring | None) -> pd.DataFrame:
    """What else points to a step: the level on published and borrowed criteria alone, the assigned one where it differs."""
    row, rules = field.level(cluster), field.assessment.rules
    marks = list[tuple[int, str, str, str]]()
    if any(criterion.gate for criterion in rules.criteria):
        said = f"{level_said(rules, row['gates'])}{rests_on(int(row['gates_criteria']))}"
        marks.append((rules.rank(str(row["gates"])), "published and borrowed criteria alone", said, "D"))
    assigned = assigned_row(field, cluster, monitoring)
    if assigned is not None:
        differs = assigned["level"] != row["level_low"] or row["rank_low"] < row["rank_high"]
        detail = f"{level_said(rules, assigned['level'])}{_because(assigned)}" if differs else f"{level_said(rules, assigned['level'])}, as by its data"
        marks.append((int(assigned["rank"]), f"assigned for {assigned['year']}", detail, "v"))
    return pd.DataFrame(marks, columns=["rank", "text", "detail", "symbol"])


def _because(assigned: pd.Series) -> str:
    return f", {assigned['reason']}" if isinstance(assigned["reason"], str) and assigned["reason"] else ""


def assigned_row(field: Field, cluster: str, monitoring: Monitoring | None) -> pd.Series | None:
    """The row of the panel for the year of the assessment, if the day is its last one."""
    if monitoring is None:
        return None
    panel, at = monitoring.panel, field.assessment.at
    found = panel[(panel["cluster"] == cluster) & (panel["year"] == at.year)]
    return None if found.empty or (at.month, at.day) != (12, 31) else found.iloc[0]


def level_part(field: Field, cluster: str, monitoring: Monitoring | None = None) -> Part:
    """The level as steps: reached, possible, not reached; what published criteria alone give; what is assigned."""
    row = field.level(cluster)
    table, marks = level_table(field, cluster), marks_table(field, cluster, monitoring)
    few = int(row["gates_criteria"])
    result = pd.DataFrame([{"result": result_sentence(field, cluster, monitoring), "gates": row["gates"], "gates_criteria": few, "standing": _whose(field)}])
    tables = {"level": table, "level_marks": marks, "result": result}
    states = "; ".join(f"{level}: {STATES[state]}" for level, state in zip(table["level"][1:], table["state"][1:], strict=True))
    alt = f"{capital(states)}. {' '.join(f'{capital(t)}: {d}.' for t, d in zip(marks['text'], marks['detail'], strict=True))}"
    return Part("level", "Level", tables, COLUMNS, (_whose(field),), alt=alt, draw=drawing(plot_cluster_ladder, table, marks=marks))


def _whose(field: Field) -> str:
    """On whose authority the levels are: which criteria are published, what the rules say of themselves."""
    rules = field.assessment.rules
    published = [criterion.id for criterion in rules.criteria if criterion.kind == "published"]
    few = f" {listing(published)} only" if len(published) <= LISTED else f" {number(len(published))} of {count(len(rules.criteria), 'criterion', 'criteria')}"
    words = f"Published for these levels:{' none' if not published else few if len(published) < len(rules.criteria) else ' all criteria'}."
    return f"{words} {rules.disclaimer}".strip()
