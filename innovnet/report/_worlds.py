"""The programme beside random worlds: participations exchanged, sizes of projects and participations of organisations kept.

A world is measured on its memberships and never projected; the observed programme goes through the same functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._parallel import run
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._tables import freeze
from innovnet.metrics._inference import tails, two_sided
from innovnet.metrics._joint_work import by_shares, joint_work, outward_work, partners_again, value_of_events
from innovnet.metrics._samples import sample
from innovnet.report._format import count, number
from innovnet.report._measure import Programme
from innovnet.report._names import country_name
from innovnet.report._words import the

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

PARTITIONS = ("country", "region", "type", "field")
ACTIVE = 10  #: participations from which an organisation is compared with chance by itself
FEWEST_ACTORS, FEWEST_EVENTS = 12, 6
INTERVAL_RUNS = 40  #: from here on the middle 95 % of the runs, below it their whole range


class Measured(NamedTuple):
    """What is measured in the programme and in every world."""

    shares: Floats  #: scopes × partitions: share of joint work with another group
    again: Floats  #: scopes: share of pairs of partners with two or more common projects
    active: Floats  #: partitions × active organisations: each one's share of joint work with another group
    mixing: tuple[Floats, ...]  #: for each derived partition: joint work of the groups of the scope (rows) with all groups


@dataclass(frozen=True)
class Worlds:
    """The programme, and the same measured in random worlds."""

    shares: pd.DataFrame  #: index (scope, measure); observed, and expected, low, high, p of each chance model; see :func:`random_worlds`
    active: pd.DataFrame  #: index (partition, actor): observed, expected, low, high under the quoted chance model; organisations with ACTIVE participations
    excess: Mapping[str, pd.DataFrame]  #: derived partition -> joint work in the worlds as a multiple of what shares give; groups of the scope × groups
    models: tuple[str, ...]  #: "programme", and "part" where events have parts; the last one is the one quoted
    runs: int

    @property
    def quoted(self) -> str:
        """The chance model that sentences quote: within programme parts where there are parts."""
        return self.models[-1]

    @property
    def shuffle(self) -> str:
        """What the quoted model does, for captions."""
        return "participations reshuffled within programme part" if self.quoted == "part" else "participations reshuffled over the whole programme"

    @property
    def interval(self) -> str:
        """What low and high are."""
        return f"95 % of {self.runs} random worlds" if self.runs >= INTERVAL_RUNS else f"range of {count(self.runs, 'random world')}"

    @property
    def floor(self) -> str:
        """How far p-values reach."""
        return f"with {self.runs} runs no p-value (two-sided) is below 2/{self.runs + 1}"


class _Question(NamedTuple):
    """What is fixed in all worlds."""

    observed: Affiliation
    columns: tuple[str, ...]  #: partitions with two groups or more
    labels: tuple[pd.Index, ...]
    codes: Ids  #: partitions × actors, as observed
    value: Floats
    scopes: Mapping[str, Mask]
    active: Ints


def no_worlds(programme: Programme, *, again: bool = False) -> str:
    """Why the programme is not compared with chance; empty where it is. Once it was said in full, ``again`` makes it short."""
    joint = int((programme.affiliation.sizes > 1).sum())
    if programme.affiliation.n_actors < FEWEST_ACTORS:
        return f"{count(programme.affiliation.n_actors, 'organisation').capitalize()}: too few for a comparison with chance, which takes {FEWEST_ACTORS}."
    if joint < FEWEST_EVENTS:
        return f"Projects with two or more members: {number(joint)}. That is too few for a comparison with chance, which takes {FEWEST_EVENTS}."
    if programme.extract_of is not None:
        if again:
            return "Nothing is compared with chance, because the data are an extract."
        place = the(country_name(programme.extract_of))
        return (
            f"Nothing is compared with chance here: every project of these data has a member in {place}, so they are an extract, and reshuffling "
            "an extract would mislead. Give the data of the whole programme."
        )
    if programme.runs < 1:
        return "No random worlds were asked for, so nothing is compared with chance."
    return ""


def random_worlds(programme: Programme) -> Worlds | None:
    """Tell whether a programme cooperates across borders, regions, types and fields more than by chance.

    In a random world participations are exchanged: every project keeps its number of members, every organisation its number of projects. Chance model
    "programme" exchanges them over the whole programme, "part" (where events have parts with room for it) inside each part.

    Parameters
    ----------
    programme
        As :func:`measure` makes it; ``programme.runs`` worlds of each model are drawn, keyed by ``programme.seed``.

    Returns
    -------
    Worlds or None
        ``shares``: index (scope, measure), columns observed and, for each model, expected (mean), low, high (range of the runs; from 40 runs on the
        middle 95 %) and p (two-sided). A measure is a column of actors (share of joint work with another group) or "again" (share of pairs of partners
        with two or more common projects). Scope "reported": all organisations, or those of the country; "active": those of them with at least ten
        projects; "programme": all, in a report on a country. ``active``: the same for each active organisation under the last model. None where there
        are fewer than 12 organisations or 6 projects with several members, or where the data are an extract of one country.

    Notes
    -----
    What is derived from projects (the science field) is derived anew in every world: held fixed it would find much too few ties inside fields by chance.
    A country is selected in worlds of the whole programme. Ties of organisations without a group do not count in that partition; isolates have no
    share. Equal for any number of threads. Cost: O(runs · memberships · partitions).

    Examples
    --------
    >>> import innovnet as inn
    >>> worlds = inn.report.random_worlds(inn.report.measure(inn.toy(), progress=False))
    >>> worlds.shares.loc[("reported", "country"), ["observed", "low_programme", "high_programme"]].round(2).tolist()
    [0.33, 0.42, 0.86]
    """
    if no_worlds(programme):
        return None
    question = _question(programme)
    within = _within(programme.affiliation)
    models = ("programme", "part") if within else ("programme",)
    runs = programme.runs

    def world(k: int) -> Measured:
        inside = within if models[k // runs] == "part" else None
        return _measured(sample(programme.affiliation, seed=programme.seed, replicate=k % runs, within=inside), question)

    found = list(run(world, runs * len(models), what="random worlds", progress=programme.progress))
    of_model = {model: found[k * runs : (k + 1) * runs] for k, model in enumerate(models)}
    seen, quoted = _measured(programme.affiliation, question), of_model[models[-1]]
    derived = [(name, labels) for name, labels in zip(question.columns, question.labels, strict=True) if name in programme.affiliation.derived]
    excess = {name: _excess([measured.mixing[k] for measured in quoted], labels) for k, (name, labels) in enumerate(derived)}
    return Worlds(_share_table(question, seen, of_model), _active_table(question, seen, quoted), excess, models, runs)


def _within(affiliation: Affiliation) -> str | None:
    """The column of programme parts, where exchanges inside them leave room: half of the participations in parts with three or more joint projects."""
    part = affiliation._events.get("part")
    if part is None or part.nunique() < 2:
        return None
    sizes = affiliation.sizes
    joint = (sizes > 1).groupby(part).sum()
    room = sizes.where(part.map(joint) >= 3, 0).sum()
    return "part" if 2 * room >= sizes.sum() else None


def _question(programme: Programme) -> _Question:
    actors, n = programme.actors, len(programme.actors)
    columns, labels, codes = [], [], []
    for name in PARTITIONS:
        code, known = codes_of(programme, name)
        if len(known) < 2:
            continue
        if name in programme.affiliation.derived:  # a world may have groups that the programme does not have
            known = pd.Index(programme.affiliation.derived[name].labels, name="group", dtype="str")
            code = _codes(actors[name], known)
        columns.append(name)
        labels.append(known)
        codes.append(code)
    value = value_of_events(programme.affiliation)
    reported, many = programme.scope, (actors["participations"] >= ACTIVE).to_numpy()
    scopes = {"reported": reported, "active": reported & many}
    if programme.country is not None:
        scopes["programme"] = np.ones(n, dtype=bool)
    stacked, value = freeze(np.array(codes, dtype=np.uint32).reshape(-1, n), value)
    return _Question(programme.affiliation, tuple(columns), tuple(labels), stacked, value, scopes, np.flatnonzero(many))


def codes_of(programme: Programme, partition: str) -> tuple[Ids, pd.Index]:
    """The group of each organisation as a position in the sorted groups that occur; their number where it has none."""
    values = programme.actors[partition]
    labels = pd.Index(sorted(values.dropna().unique()), name="group", dtype="str")
    return _codes(values, labels), labels


def _codes(values: pd.Series, labels: pd.Index) -> Ids:
    found = labels.get_indexer(pd.Index(values))
    return np.where(found < 0, len(labels), found).astype(np.uint32)


def _measured(affiliation: Affiliation, question: _Question) -> Measured:
    """One pass over the memberships of the programme or of a world."""
    links = affiliation.memberships
    codes = question.codes
    derived = [q for q, name in enumerate(question.columns) if name in affiliation.derived]
    if derived and affiliation is not question.observed:
        codes = codes.copy()
        for q in derived:
            codes[q] = _codes(affiliation._actors[question.columns[q]], question.labels[q])
    (codes,) = freeze(codes)
    groups = np.array([len(labels) for labels in question.labels], dtype=np.int64)
    outward, total = outward_work(links.actor_ptr, links.actors, question.value, codes, *freeze(groups))
    partners, again = partners_again(*links)
    scopes = list(question.scopes.values())
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.array([outward[:, s].sum(axis=1) / total[:, s].sum(axis=1) for s in scopes])
        met = np.array([again[s].sum() / np.float64(partners[s].sum()) for s in scopes])
        active = outward[:, question.active] / total[:, question.active]
    mixing = tuple(joint_work(affiliation, codes[q], int(groups[q]), question.scopes["reported"]) for q in derived)
    return Measured(shares, met, active, mixing)


def _excess(found: list[Floats], labels: pd.Index) -> pd.DataFrame:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.sum(found, axis=0) / np.sum([by_shares(work) for work in found], axis=0)
    return pd.DataFrame(ratio, index=labels, columns=labels)


def _summary(samples: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean and range of the runs (rows), or from INTERVAL_RUNS on their middle 95 %; over the runs in which a value exists."""
    found = np.full((3, samples.shape[1]), np.nan)
    some = ~np.isnan(samples).all(axis=0)
    drawn = samples[:, some]
    found[0, some] = np.nanmean(drawn, axis=0)
    if len(samples) < INTERVAL_RUNS:
        found[1:, some] = np.nanmin(drawn, axis=0), np.nanmax(drawn, axis=0)
    else:
        found[1:, some] = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    return found[0], found[1], found[2]


def _share_table(question: _Question, seen: Measured, of_model: Mapping[str, list[Measured]]) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([question.scopes, [*question.columns, "again"]], names=["scope", "measure"])

    def flat(measured: Measured) -> Floats:
        return np.column_stack([measured.shares, measured.again]).ravel()

    table = pd.DataFrame({"observed": flat(seen)}, index=index)
    for model, found in of_model.items():
        samples = np.array([flat(measured) for measured in found])
        table[f"expected_{model}"], table[f"low_{model}"], table[f"high_{model}"] = _summary(samples)
        table[f"p_{model}"] = two_sided(*tails(flat(seen), samples))
    return table


def _active_table(question: _Question, seen: Measured, found: list[Measured]) -> pd.DataFrame:
    names = question.observed._actors.index[question.active]
    samples = np.array([measured.active.ravel() for measured in found])
    expected, low, high = _summary(samples)
    index = pd.MultiIndex.from_product([question.columns, names], names=["partition", "actor"])
    return pd.DataFrame({"observed": seen.active.ravel(), "expected": expected, "low": low, "high": high}, index=index)
