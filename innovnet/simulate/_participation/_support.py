"""Step 1 of a year: policy instruments and their accounts."""

from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np

from innovnet.graph._network import Network
from innovnet.simulate._model import Draw, check_labels
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation._draws_kernel import tag
from innovnet.simulate._participation._instruments import DELIVER, Introductions, Offer
from innovnet.simulate._participation._numbers import INSTRUMENT
from innovnet.simulate._participation._support_kernel import clear
from innovnet.simulate._participation._sweep import sweep
from innovnet.simulate._policies import ProjectSubsidy
from innovnet.simulate._policy import SOURCES, Policy

if TYPE_CHECKING:
    from innovnet.simulate._participation._model import Participation

_MOST_UNITS = 1e15  # far more than anybody could take
_UNSPENT = s.MONEY.index("unspent")


def support(network: Network, state: s.State, model: "Participation", draw: Draw) -> None:
    """What the instruments of the model do this year; without one that is active, nothing but last year's support is cleared.

    Instruments act one after another, in their order. Paid + unspent = budget + carried (what was carried over from last year), and the columns by source sum
    to paid; private money is what ``ProjectSubsidy`` asks of consortia beside its grants.
    """
    state.support = s.no_support(len(state.groups.number))
    if len(state.aid.mark):
        sweep(len(state.aid.mark), lambda low, high: clear(low, high, state.firms, state.aid))
    before, state.money = state.money, np.zeros((len(model.policies), len(s.MONEY)))
    if draw.year == 1:
        check_labels([model], network)
    met = []
    for position, policy in enumerate(model.policies):
        if not policy.active(draw.year):
            continue
        keeps = policy.carry_over and draw.year > policy.start and len(before) == len(model.policies)
        carried = float(before[position, _UNSPENT]) if keeps else 0.0
        units = floor(min((policy.budget + carried) / policy.unit_cost, _MOST_UNITS))
        done = 0
        if units:
            if not len(state.aid.mark):
                state.aid = s.aid_for(len(state.firms.flags))
            offer = Offer(state, network, model._rules, units, np.uint32(tag(INSTRUMENT + position, draw.step)), draw.key)
            done, introductions = DELIVER[type(policy)](policy, offer)
            met += [introductions] if introductions is not None else []
        state.money[position] = _account(policy, done, carried)
    if met:
        state.support = _with(met, state.support)


def _account(policy: Policy, units: int, carried: float) -> list[float]:
    """A row of the accounts: columns ``MONEY``."""
    paid = units * policy.unit_cost
    by_source = [paid * policy.sources.get(source, 0.0) for source in SOURCES]
    private = paid * (1.0 / policy.intensity - 1.0) if isinstance(policy, ProjectSubsidy) else 0.0
    return [units, paid, policy.budget + carried - paid, *by_source, carried, private]


def _with(met: list[Introductions], support: s.Support) -> s.Support:
    """The support with all introductions, by place and then in the order in which they were made."""
    order = np.argsort(np.concatenate([one.place for one in met]), kind="stable")

    def column(name: str, kind: str) -> Any:
        return np.concatenate([np.broadcast_to(getattr(one, name), len(one.place)) for one in met])[order].astype(kind)

    kinds = {"place": "u4", "other": "u4", "relief": "f4", "flags": "u1", "until": "i2"}
    return support._replace(**{name: column(name, kind) for name, kind in kinds.items()})
