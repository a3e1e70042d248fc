"""A settled world, made large: years of burn-in at a twentieth of the size."""

import warnings
from typing import Any

from innovnet._check import check_kind, check_whole, some
from innovnet._random import seed_key
from innovnet.errors import DataError, DataWarning
from innovnet.graph._network import Network
from innovnet.simulate._checkpoint import Checkpoint
from innovnet.simulate._course import Course, check_population
from innovnet.simulate._identity import described, first_difference
from innovnet.simulate._model import Draw
from innovnet.simulate._participation._model import Participation
from innovnet.simulate._participation._panel import labels
from innovnet.simulate._participation._transplant import transplanted
from innovnet.simulate._state import check_state
from innovnet.simulate._trajectory import Trajectory

_BRANCH = (1, 0x545250)  # of the seed: far from those of runs
_UNLIKE = 0.1  # difference of bodies for each firm from which on it is told


def transplant(source: Trajectory | Checkpoint, population: Network, *, seed: int, model: Participation | None = None) -> Checkpoint:
    """Begin with a settled world of many firms: copy one that was simulated with few.

    A world without ties takes some 30 years to settle. Those years are passed by a population of the same make-up and, say, a twentieth of the size; each place of
    the large one then takes the state of a twin. For a country of millions of firms it saves nearly all of the burn-in.

    Parameters
    ----------
    source
        A trajectory of :class:`innovnet.simulate.Participation`, or its checkpoint, at its last year.
    population
        The large population, without ties: as many organisations or more, the same regions, sectors and countries.
    seed
        Of the draws from here on, and of this copying.
    model
        The model that made ``source``; needed with a checkpoint alone.

    Returns
    -------
    Checkpoint
        For :func:`branch`, :func:`replicate` and :func:`compare`. Its ``summary`` has one row, of the copied state; its step is that of ``source``.

    Raises
    ------
    DataError
        The two populations do not match; the population has ties; the model is another one.

    Warns
    -----
    DataWarning
        There are more than 10 % more, or fewer, R&D bodies for each firm than in ``source``: their degrees, in the same proportion, are smaller or larger.

    Notes
    -----
    Within a country each small firm of a size class (by reference size), and each body, becomes the twin of equally many large ones, as many as can be in its
    own region and sector, the rest in its region or country. The copies of a small place are numbered. A tie of a and b becomes ties of copies with the same
    number; copies that have no counterpart share those of the smaller side: every second one (at random) for two firms, all of a firm's for a firm and a body.
    So degrees, clustering, trust, clusters and histories are those of the small world, and where a copy is not in its twin's region or sector, its ties cross one.
    Quality, productivity, history, age and generation are the twin's; employees are the own reference size times the twin's E/E*, scaled to the sector's total;
    own knowledge is drawn for the new firm, and what the twin knows beyond its own level is added to it. Clusters get new numbers; money paid and support of
    this year are not copied, and counts of what happened in the last year are those of the small world times the ratio of places.
    Patterns of distances longer than a region are those of the small world, and sizes of hubs that grow with a population are not larger: let a year or more
    pass before anything is measured. Cost: O(n log n + ties).

    Examples
    --------
    >>> import innovnet as inn
    >>> small, large = (inn.simulate.population(country="LT", firms=n, seed=1, bodies=n // 500) for n in (2500, 10_000))
    >>> model = inn.simulate.Participation()
    >>> settled = inn.simulate.run(model, small, steps=10, seed=1)
    >>> start = inn.simulate.transplant(settled, large, seed=2)
    >>> later = inn.simulate.branch(start, model, steps=1)
    >>> len(later.summary), bool(later.summary["ties"].iloc[0] > 3 * settled.summary["ties"].iloc[-1])
    (2, True)
    """
    point, made_by = _point(source, model)
    check_population(population, "transplant")
    check_whole(seed, "seed", 0)
    _check_alike(point.population, population)
    old, seed = point.state_for(made_by), int(seed)
    key = seed_key(seed)
    fresh = made_by.start(population, Draw(key, 0, 0))
    _check_numbers(old, len(fresh.firms.flags))
    state = transplanted(old, fresh, made_by._numbers, seed_key(seed, *_BRANCH))
    course = Course(made_by, population, key, state, point.step, point.step)
    course.observe()
    return Checkpoint.of(course, seed, point.digest)


def _point(source: Any, model: Any) -> tuple[Checkpoint, Participation]:
    """Where the small world stands, and the model it was made by."""
    if isinstance(source, Trajectory):
        point, made_by = source.checkpoint, source.model if model is None else model
    else:
        check_kind(source, Checkpoint, "transplant", "Give a trajectory of run or branch, or a checkpoint.")
        point, made_by = source, model
    if not isinstance(made_by, Participation):
        msg = (
            "transplant needs the Participation model that made the checkpoint: give it as model=..."
            if made_by is None
            else (f"transplant copies worlds of simulate.Participation, not of {type(made_by).__name__}. Start the other model with the large population.")
        )
        raise DataError(msg)
    if changed := first_difference(point.model, described(made_by)):
        msg = f"transplant: the source was made by another model ({changed}). Copy with the model that made it, and give the other one to branch or compare."
        raise DataError(msg)
    point.check_there()
    if point._state is not None:
        check_state(made_by, point._state, "the source")
    return point, made_by


def _check_alike(small: Network, large: Network) -> None:
    if large.n_ties:
        msg = f"the population has {large.n_ties:,} ties of its own, which copied ones would replace. Give one without ties, or simulate from these."
        raise DataError(msg)
    if large.n_actors < small.n_actors:
        msg = f"the population has {large.n_actors:,} actors, fewer than the {small.n_actors:,} of the source. Copy from a smaller world."
        raise DataError(msg)
    for column in ("region", "sector", "country"):
        one, other = ({str(label) for label in labels(network)[column]} for network in (small, large))
        if one != other:
            where = (
                f"{column}s {some(sorted(other - one))} are not in the source"
                if other - one
                else f"{column}s {some(sorted(one - other))} are only in the source"
            )
            msg = f"transplant: {where}. Make both populations of one make-up: population(country=..., firms=...) with more firms for the smaller one."
            raise DataError(msg)
    bodies, others = (int((network.actors["type"] != "firm").sum()) for network in (small, large))
    if others and not bodies:
        msg = f"transplant: the population has {others:,} R&D bodies, the source none. Simulate the small world with some: population(..., bodies=...)."
        raise DataError(msg)
    ratio = (others / (large.n_actors - others)) / (bodies / (small.n_actors - bodies)) if bodies else 1.0
    if abs(ratio - 1.0) > _UNLIKE:
        msg = f"transplant: there are {ratio:.2f} times as many R&D bodies for each firm as in the source, so each has 1/{ratio:.2f} of the ties. Give both populations the same share (bodies=...)."
        warnings.warn(msg, DataWarning, stacklevel=3)


def _check_numbers(old: Any, places: int) -> None:
    latest = int(old.firms.generation.max(initial=0))
    if places * (latest + 2) > 2**32:
        msg = f"transplant: a place of the source has seen {latest + 1} firms, and with {places:,} places the numbers of the next ones would pass 2**32. Burn in fewer years."
        raise DataError(msg)
