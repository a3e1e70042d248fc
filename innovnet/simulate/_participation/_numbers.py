"""The parameters as kernels read them, and what each random draw is for.

These numbers are compiled into kernels: because :mod:`innovnet._kernel` is named here, this file is part of their digest.
"""

from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from innovnet.simulate._participation._model import Participation

#: What a draw is for: never renumbered, since checkpoints go on from them. ``YEAR``: one draw of an actor's year, its words are for searching, innovating,
#: leaving the market and what happens in clusters.
(OWN, QUALITY, YEAR, SEARCH, CHANCE, CHOICE, CONSENT, LEARN, PRODUCTIVITY, ENTRY, END, FOUND, CLUSTER, START) = range(1, 15)
(PARTNER, FELLOW) = range(15, 17)  # lists: whose partner's partner, which fellow
#: Purposes of instruments: from here on, one for each place in the model's tuple of policies.
INSTRUMENT = 256

#: Words of the draw ``YEAR``.
(W_SEARCH, W_INNOVATE, W_EXIT, W_CLUSTER) = range(4)

FIELDS = 8  #: fields of knowledge
WORKDAYS = 220.0


class Numbers(NamedTuple):
    """All parameters in one tuple; ``know``, ``ties``, ``spill`` and ``time`` include their channels and the network effect."""

    rate: float
    size: float
    selection: float
    innovator: float
    experience: float
    body_share: float
    same_sector: float
    n_chance: int
    seen: int
    intercept: float
    fit: float
    gain: float
    embeddedness: float
    cost: float
    distance: float
    border: float
    arranged: float
    mission: float
    fellows: float
    days: float
    slack_0: float
    slack_size: float
    body_slack: float
    end_0: float
    end_trust: float
    end_fit: float
    trust_up: float
    trust_down: float
    absorption: float
    renewal: float
    rounds: int
    band: float
    quality_k: float
    base: float
    innovation_size: float
    innovation_quality: float
    know: float
    ties: float
    indirect: float
    jump: float
    persistence: float
    shock: float
    quality_z: float
    select: float
    revert: float
    export_threshold: float
    export_size: float
    spill: float
    hysteresis: float
    exit_base: float
    exit_size: float
    exit_age: float
    exit_productivity: float
    entry_size: float
    entry_gap: float
    time: float  #: multiplier of the time given to partners
    found: float
    admit: float
    leave_0: float
    leave_ties: float
    min_members: int
    govern: float


def numbers_of(model: "Participation") -> Numbers:
    """The parameters of a model as kernels read them."""
    effect, channels = model.network_effect, model.channels
    found: dict[str, float] = {}
    for group in (model.search, model.decision, model.ties, model.learning, model.innovation, model.market, model.clusters, model.constants):
        if group is not None:
            found |= {field.name: getattr(group, field.name) for field in fields(group)}
    innovation, decided, market = model.innovation, model.decision, model.market
    found |= {
        "size": model.search.size,
        "days": model.ties.days_per_tie,
        "innovation_size": innovation.size,
        "innovation_quality": innovation.quality,
        "know": effect * channels.know * innovation.know,
        "ties": effect * channels.ties * innovation.ties,
        "spill": effect * channels.spill * model.constants.spill,
        "time": effect * channels.time,
    }
    absent = [*([] if decided else ("intercept", "fit", "gain", "embeddedness", "cost", "distance", "border", "arranged"))]
    absent += [] if market else ("select", "revert", "export_threshold", "exit_base", "exit_size", "exit_age")
    found |= dict.fromkeys(absent, 0.0)
    whole = ("n_chance", "seen", "rounds", "min_members")
    values: dict[str, Any] = {name: int(found[name]) if name in whole else float(found[name]) for name in Numbers._fields}
    return Numbers(**values)
