"""What is recorded of a year."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from innovnet.clusters import Rules
from innovnet.simulate._participation import _observe_kernel as k
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation._sweep import sweep

SIZES: tuple[str, ...] = ("micro", "small", "medium", "large")
CHANNELS: tuple[str, ...] = ("partners_partner", "fellows", "chance", "arranged")


def summary(state: s.State, rules: Rules, instruments: Sequence[str], sectors: Sequence[str]) -> dict[str, float]:
    """The quantities of a year, by name. Shares are 0 to 1, money is in EUR, ties and clusters are counted; NaN where nothing is there to take a share of."""
    most = int(np.diff(state.ties.indptr).max(initial=0))
    parts = sweep(len(state.firms.flags), lambda low, high: k.observed(low, high, state.places, state.firms, state.ties, most))
    by_size, by_part, links, sums, bins, degrees, by_sector = (sum(part[1:], start=part[0]) for part in zip(*parts, strict=True))
    found = _participation(by_size)
    found |= _ties(state, by_size, links, degrees, sums)
    found |= _outcomes(float(state.flows[s.INNOVATIONS]), by_size, by_part, sums, bins)
    found |= _clusters(state, by_size, rules)
    found |= _money(state.money, instruments)
    return found | {f"participation_{label}": _share(row[1], row[0]) for label, row in zip(sectors, by_sector, strict=False)}


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else np.nan


def _participation(by_size: k.Counts) -> dict[str, float]:
    firms = by_size[: k.BODY]
    total, larger = firms.sum(axis=0), firms[1:].sum(axis=0)
    found = {"firms": float(total[k.HERE]), "participation": _share(total[k.PARTNERED], total[k.HERE])}
    found |= {f"participation_{size}": _share(row[k.PARTNERED], row[k.HERE]) for size, row in zip(SIZES, firms, strict=True)}
    found["cooperating_innovators_10"] = _share(larger[k.COOPERATING], larger[k.INNOVATIVE])
    return found | {f"cooperating_innovators_{size}": _share(row[k.COOPERATING], row[k.INNOVATIVE]) for size, row in zip(SIZES[1:], firms[1:], strict=True)}


def _ties(state: s.State, by_size: k.Counts, links: k.Counts, degrees: k.Counts, sums: k.Sums) -> dict[str, float]:
    """Ties of all; degrees and bridging of the firms that have any."""
    n, ties = int(by_size[:, k.HERE].sum()), int(links[k.ALL])
    degrees[0] = 0
    participants, half_ties = int(degrees.sum()), int(by_size[: k.BODY, k.DEGREE].sum())
    formed = state.flows[s.FORMED : s.FORMED + len(CHANNELS)]
    found = {"ties": float(ties), "ties_new": float(formed.sum()), "ties_ended": float(state.flows[s.ENDED_TIES])}
    found |= {f"ties_new_{name}": float(count) for name, count in zip(CHANNELS, formed, strict=True)}
    found["mean_degree"] = 2.0 * ties / n
    found["mean_degree_participants"] = _share(half_ties, participants)
    found["mean_degree_bodies"] = _share(by_size[k.BODY, k.DEGREE], by_size[k.BODY, k.HERE])
    found["max_degree"] = float(max(np.flatnonzero(degrees).max(initial=0), links[k.MOST]))
    found["degree_gini"] = k.gini(degrees)
    found["density"] = _share(2.0 * ties, n * (n - 1.0))
    found |= {f"e_i_{name}": _share(2 * links[c] - ties, ties) for name, c in (("sector", k.SECTORS), ("region", k.REGIONS), ("country", k.COUNTRIES))}
    found |= {f"cross_{name}_ties": float(links[c]) for name, c in (("sector", k.SECTORS), ("region", k.REGIONS), ("border", k.COUNTRIES))}
    return found | {"bridging_sector": _share(sums[k.BRIDGING], participants)}


def _outcomes(innovations: float, by_size: k.Counts, by_part: k.Counts, sums: k.Sums, bins: k.Counts) -> dict[str, float]:
    """Success of firms. ``innovations`` counts those who left the market later in the year; rates by participation are of firms that were there all year."""
    firms = by_size[: k.BODY]
    total, larger, n = firms.sum(axis=0), firms[1:].sum(axis=0), int(firms[:, k.HERE].sum())
    others, participants = by_part
    mean = _share(sums[k.Z], n)
    found = {
        "innovations": innovations,
        "innovation_rate": _share(innovations, n),
        "innovation_rate_participants": _share(participants[k.P_INNOVATED], participants[k.P_ALL_YEAR]),
        "innovation_rate_others": _share(others[k.P_INNOVATED], others[k.P_ALL_YEAR]),
        "innovative_3y_10": _share(larger[k.INNOVATIVE], larger[k.HERE]),
    }
    found |= {f"innovative_3y_{size}": _share(row[k.INNOVATIVE], row[k.HERE]) for size, row in zip(SIZES, firms, strict=True)}
    found |= {
        "exporters": float(total[k.EXPORTING]),
        "export_share": _share(total[k.EXPORTING], n),
        "export_share_participants": _share(participants[k.P_EXPORTING], participants[k.P_HERE]),
        "export_share_others": _share(others[k.P_EXPORTING], others[k.P_HERE]),
    }
    found |= {f"export_share_{size}": _share(row[k.EXPORTING], row[k.HERE]) for size, row in zip(SIZES, firms, strict=True)}
    found["market_share_participants"] = _share(sums[k.STAFF_PARTICIPANTS], sums[k.STAFF])
    found |= {"log_productivity": mean, "log_productivity_sd": float(np.sqrt(max(_share(sums[k.Z2], n) - mean * mean, 0.0))) if n else np.nan}
    found |= {"productivity_90_10": k.spread(bins), "knowledge": _share(sums[k.KNOWLEDGE], n), "learned": _share(sums[k.LEARNED], n)}
    found |= {
        "survival": 1.0 - _share(total[k.LEFT], n),
        "survival_participants": 1.0 - _share(participants[k.P_LEFT], participants[k.P_LEFT] + participants[k.P_STAYED]),
        "survival_others": 1.0 - _share(others[k.P_LEFT], others[k.P_LEFT] + others[k.P_STAYED]),
    }
    found |= {f"deaths_{size}": _share(row[k.LEFT], row[k.HERE]) for size, row in zip(SIZES, firms, strict=True)}
    return found | {f"share_{size}": _share(row[k.HERE], n) for size, row in zip(SIZES, firms, strict=True)}


def _clusters(state: s.State, by_size: k.Counts, rules: Rules) -> dict[str, float]:
    counted = np.bincount(state.levels, minlength=len(rules.levels) + 1)
    found = {"clusters": float(len(state.groups.number)), "cluster_members": float(by_size[: k.BODY, k.IN_CLUSTER].sum())}
    found |= {f"clusters_{name}": float(count) for name, count in zip(("below", *rules.levels), counted, strict=True)}
    return found | {"clusters_founded": float(state.flows[s.CLUSTERS_FOUNDED]), "clusters_dissolved": float(state.flows[s.CLUSTERS_DISSOLVED])}


def _money(money: s.F8, instruments: Sequence[str]) -> dict[str, float]:
    """What was paid in all and by source; and, by instrument, units delivered, paid and unspent."""
    if len(money) != len(instruments):  # before the first year of these instruments
        money = np.zeros((len(instruments), len(s.MONEY)))
    total: Mapping[str, Any] = dict(zip(s.MONEY, money.sum(axis=0), strict=True))
    found = {"paid": float(total["paid"]), "unspent": float(total["unspent"])} | {f"paid_by_{source}": float(total[source]) for source in s.SOURCES}
    found["paid_by_firms"] = float(total["private"])
    for name, row in zip(instruments, money, strict=True):
        found |= {f"{what}_{name}": float(value) for what, value in zip(s.MONEY[:3], row[:3], strict=True)}
    return found
