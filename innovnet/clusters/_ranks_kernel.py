"""Levels where all that rules ask for is known: the decision of :mod:`innovnet.clusters._decide` in one kernel, for simulations that ask for it every year."""

from typing import NamedTuple

import numpy as np

from innovnet._kernel import kernel
from innovnet.clusters._counts_kernel import GROUPS_SURE, Floats, Ints

#: Where the value of an indicator stands: counts of members, groups of long standing, counts of ties, columns that are given; or yes, or it is not known.
(OF_MEMBERS, OF_TENURED, OF_TIES, GIVEN, ALWAYS, NOWHERE) = range(6)
#: Comparisons, in the order of their numbers.
OPERATORS = (">=", ">", "<=", "<", "is")
#: How many soft criteria a level needs: none is asked for, so many, a share of their weight.
(NO_RULE, AT_LEAST, SHARE) = range(3)


class Plan(NamedTuple):
    """Rules as arrays."""

    source: Ints  #: of each indicator
    column: Ints  #: there
    key: Ints  #: of each criterion: its indicator
    op: Ints  #: place in ``OPERATORS``
    threshold: Floats
    slack: Floats  #: numbers that differ from the threshold by less are equal to it
    assumed: Ints  #: 1 if the criterion counts as met where its indicator is not known
    level: Ints  #: from 0
    hard: Ints  #: 1 or 0
    weight: Floats
    rule: Ints  #: of each level: how its soft criteria are counted
    enough: Floats  #: their number or weight
    years: Floats  #: of tenure that are asked for
    ks: Ints  #: cores that are asked for
    by: int  #: row of owners by which firms are independent
    window: int  #: years
    everyone: bool  #: whether partners outside are counted
    staff: bool  #: whether sizes of owner groups are asked for
    cumulative: bool


@kernel
def _value(source: int, column: int, row: int, members: Ints, tenured: Ints, ties: Ints, given: Floats) -> float:
    if source == OF_MEMBERS:
        return float(members[row, column])
    if source == OF_TENURED:
        return float(tenured[row, column, GROUPS_SURE])
    if source == OF_TIES:
        return float(ties[row, column])
    return float(given[row, column]) if source == GIVEN else 1.0


@kernel
def _holds(op: int, value: float, threshold: float, slack: float) -> bool:
    """Whether a comparison is met; by a value that is not defined it is not."""
    if op == 0:
        return value >= threshold - slack
    if op == 1:
        return value > threshold + slack
    if op == 2:
        return value <= threshold + slack
    if op == 3:
        return value < threshold - slack
    return value == threshold


@kernel
def ranks(plan: Plan, members: Ints, tenured: Ints, ties: Ints, given: Floats) -> Ints:
    """The level of each row, 0 below the first, from the counts of :mod:`innovnet.clusters._counts_kernel` and the columns that are given."""
    rows, levels = len(members), len(plan.rule)
    found, holds, soft = np.zeros(rows, dtype=np.int64), np.empty(levels, dtype=np.bool_), np.empty((levels, 2))
    for row in range(rows):
        holds[:], soft[:] = True, 0.0
        for k in range(len(plan.key)):
            key, level = plan.key[k], plan.level[k]
            if plan.source[key] == NOWHERE:
                met = plan.assumed[k] == 1
            else:
                value = _value(plan.source[key], plan.column[key], row, members, tenured, ties, given)
                met = _holds(plan.op[k], value, plan.threshold[k], plan.slack[k])
            if plan.hard[k] == 1:
                holds[level] &= met
            elif met:
                soft[level, 0] += 1.0
                soft[level, 1] += plan.weight[k]
        for level in range(levels):
            if holds[level] and (plan.rule[level] == NO_RULE or soft[level, plan.rule[level] - 1] >= plan.enough[level]):
                found[row] = level + 1
            elif plan.cumulative:
                break
    return found
