"""The clusters of a simulated world as a register."""

from typing import Any

from innovnet._check import check_kind, check_whole
from innovnet.clusters import Register
from innovnet.clusters._time import FIRST, LAST
from innovnet.errors import DataError
from innovnet.simulate._participation._maturity import YEAR_0
from innovnet.simulate._participation._register import register_of
from innovnet.simulate._participation._state import State
from innovnet.simulate._trajectory import Trajectory


def register(trajectory: Trajectory, *, year: int | None = None) -> Register:
    """The clusters of a simulated world as a register: what :mod:`innovnet.clusters` and the report say of real clusters they say of these.

    Assessed by the rules of the model on the last day of the year, it gives the levels that the model has computed. A simulation, not a forecast.

    Parameters
    ----------
    trajectory
        A run of :class:`innovnet.simulate.Participation`.
    year
        Calendar year of the last step, for the dates of the register; without it 2000 and the number of steps.

    Returns
    -------
    Register
        Clusters at the end of the run, their members and these members' partners ("firm 17": its id), and of all firms the numbers by region and sector.
        ``quality`` says what is assumed.

    Raises
    ------
    DataError
        The run is of another model; the year is outside 1900 to 2200, within which a register can be assessed.

    Notes
    -----
    What stands for what: a tie is one joint event in each calendar year of the rules' window in which it lived; a firm that innovated has declared R&D; clusters
    are founded, joined and left on 31 December; joint activity begins with the cluster; a governance and two years make a strategy; the founder coordinates,
    after it the member of longest standing; money is that of the last three years by source. What the model does not have, such as staff, is not known.
    Members who left and clusters that dissolved are not in it, so assess it on the last day of ``year``. Ties that ended when neither end was a
    member are not known. Cost: O(places + ties of the members).

    Examples
    --------
    >>> import innovnet as inn
    >>> firms = inn.simulate.population(country="LT", firms=3000, seed=1)
    >>> world = inn.simulate.run(inn.simulate.Participation(), firms, steps=12, seed=1)
    >>> clusters = inn.simulate.register(world, year=2024)
    >>> levels = inn.clusters.assess(clusters, rules="lithuania", at=2024).levels
    >>> bool((levels["rank_low"].to_numpy() == world.checkpoint.state.levels).all())
    True
    """
    check_kind(trajectory, Trajectory, "register()", "Take what run() or branch() returned.")
    point: Any = trajectory.checkpoint
    if not isinstance(point.state, State):
        msg = f"a run of {type(trajectory.model).__name__} has no clusters. Run simulate.Participation()."
        raise DataError(msg)
    if year is not None:
        check_whole(year, "year", FIRST)
    last = YEAR_0 + point.step if year is None else int(year)
    if last > LAST:
        msg = f"the last step is in the year {last}, beyond {LAST}, up to which a register can be assessed. Give the calendar year of the last step, such as year=2025."
        raise DataError(msg)
    return register_of(point.population, point.state, trajectory.model._rules, last)
