"""The parameters of the participation model, in groups: each with its meaning, unit, plausible range, source and status."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy.typing as npt

from innovnet.graph._network import Network
from innovnet.simulate._parameter import check_parameters, parameter

CALIBRATED = "calibrated"
_JUHASZ = "sign: Juhász & Lengyel (2018), doi:10.1093/jeg/lbx028"


class _Checked:
    """Parameters that are checked when they are made."""

    def __post_init__(self) -> None:
        check_parameters(self)


@dataclass(frozen=True)
class Search(_Checked):
    """How often firms look for partners, and where."""

    rate: float = parameter(
        0.0033, "searches of a firm of one person and median quality", unit="1/year", plausible=(0.002, 0.02), status=CALIBRATED, calibrated=True
    )
    size: float = parameter(
        0.60, "elasticity of searching to the number of employees", plausible=(0.3, 0.8), domain=(-inf, inf), open="low", status=CALIBRATED, calibrated=True
    )
    selection: float = parameter(
        0.8,
        "effect of a standard deviation of quality on the log rate: selection on what nobody observes",
        plausible=(0.0, 1.2),
        domain=(-inf, inf),
        open="low",
        status=CALIBRATED,
        calibrated=True,
    )
    innovator: float = parameter(2.0, "factor of the rate for firms that innovated in the last three years", unit="factor", plausible=(1.0, 3.0))
    experience: float = parameter(
        0.4,
        "exponent of one plus the number of live ties in the rate",
        plausible=(0.0, 0.7),
        domain=(0.0, 1.0),
        open="high",
        source="Powell, Koput & Smith-Doerr (1996), doi:10.2307/2393988: experience breeds ties",
        status=CALIBRATED,
        calibrated=True,
    )
    body_share: float = parameter(0.30, "share of chance meetings with an R&D body", unit="share", plausible=(0.1, 0.5), domain=(0.0, 1.0), status=CALIBRATED)
    same_sector: float = parameter(0.50, "share of chance meetings of firms that stay in the own sector", unit="share", plausible=(0.0, 1.0), domain=(0.0, 1.0))
    decay: float = parameter(150.0, "distance over which meetings become rarer by the factor e", unit="km", plausible=(50.0, 500.0), open="low")


@dataclass(frozen=True)
class Decision(_Checked):
    """What a tie is worth to either side, as a logit against staying without it."""

    intercept: float = parameter(-0.8, "value of any tie", unit="logit", plausible=(-3.0, 0.0), domain=(-inf, inf), status=CALIBRATED, calibrated=True)
    fit: float = parameter(
        1.5,
        "value of a cognitive distance that is neither too small nor too large",
        unit="logit",
        plausible=(0.0, 4.0),
        source="Nooteboom (1999), inverted U",
        domain=(-inf, inf),
        open="low",
    )
    gain: float = parameter(1.0, "value of what the other knows better", unit="logit", plausible=(0.0, 3.0), domain=(-inf, inf), open="low")
    embeddedness: float = parameter(
        2.5,
        "value of a partner's partner",
        unit="logit",
        plausible=(0.0, 4.0),
        domain=(-inf, inf),
        open="low",
        source="Cowan, Jonard & Zimmermann (2007), doi:10.1287/mnsc.1060.0618 (idea)",
        status=CALIBRATED,
        calibrated=True,
    )
    cost: float = parameter(1.5, "loss of a tie that takes all the time left", unit="logit", plausible=(0.0, 5.0))
    distance: float = parameter(0.5, "loss across regions", unit="logit", plausible=(0.0, 2.0), source=_JUHASZ, domain=(-inf, inf), open="low")
    border: float = parameter(0.7, "loss across countries", unit="logit", plausible=(0.0, 2.0), domain=(-inf, inf), open="low")
    arranged: float = parameter(
        -1.5,
        "value of a partner that was introduced, who is less wanted than one found",
        unit="logit",
        plausible=(-3.0, 0.0),
        domain=(-inf, inf),
        calibrated=True,
    )


@dataclass(frozen=True)
class Ties(_Checked):
    """What ties cost and how they end."""

    days_per_tie: float = parameter(3.0, "time that a tie takes of either side", unit="person-days/year", plausible=(1.0, 12.0), open="low")
    end_0: float = parameter(
        0.0,
        "logit that an untrusted tie without fit ends in a year",
        unit="logit",
        plausible=(-1.0, 1.0),
        domain=(-inf, inf),
        status=CALIBRATED,
        calibrated=True,
    )
    end_trust: float = parameter(1.5, "loss of this logit by full trust", unit="logit", plausible=(0.0, 3.0), domain=(-inf, inf), open="low")
    end_fit: float = parameter(
        1.0, "loss of this logit by the best cognitive distance", unit="logit", plausible=(0.0, 2.0), domain=(-inf, inf), open="low", source=_JUHASZ
    )

    def __call__(self, network: Network, state: Any) -> Mapping[str, npt.NDArray[Any]]:
        """The ties of a state, as the optional method of models that has the same name: ``model.ties(network, state)``."""
        from innovnet.simulate._participation._panel import tie_columns  # noqa: PLC0415

        return tie_columns(network, state)


@dataclass(frozen=True)
class Learning(_Checked):
    """How knowledge passes along ties and becomes obsolete."""

    absorption: float = parameter(
        0.15,
        "share of the gap learnt in a meeting",
        unit="share",
        plausible=(0.05, 0.3),
        domain=(0.0, 1.0),
        source="Cowan & Jonard (2004): 0.1, doi:10.1016/j.jedc.2003.04.002",
    )
    renewal: float = parameter(
        0.15,
        "share of the gap to the own level that closes in a year",
        unit="1/year",
        plausible=(0.05, 0.3),
        domain=(0.0, 1.0),
        source="depreciation of knowledge of 15 %, a convention of Griliches",
    )


@dataclass(frozen=True)
class Innovation(_Checked):
    """What makes innovating more likely, and what it gives."""

    base: float = parameter(
        0.088, "hazard of innovating of one person of median quality without ties", unit="1/year", plausible=(0.05, 0.15), status=CALIBRATED, calibrated=True
    )
    size: float = parameter(
        0.24, "elasticity of the hazard to employees", plausible=(0.1, 0.4), domain=(-inf, inf), open="low", status=CALIBRATED, calibrated=True
    )
    quality: float = parameter(0.5, "effect of a standard deviation of quality on the log hazard", plausible=(0.0, 1.0), domain=(-inf, inf), open="low")
    know: float = parameter(0.20, "effect of what was learnt (log) on the log hazard", plausible=(0.0, 0.5), domain=(-inf, inf), open="low")
    ties: float = parameter(
        0.08,
        "effect of the log of one plus ties on the log hazard",
        plausible=(0.0, 0.2),
        domain=(-inf, inf),
        open="low",
        source="sign: Ahuja (2000), doi:10.2307/2667105",
    )
    indirect: float = parameter(
        0.02, "weight of a partner's other tie against an own one", plausible=(0.0, 0.1), source="sign: Ahuja (2000), doi:10.2307/2667105"
    )
    jump: float = parameter(
        0.04,
        "gain of log productivity by an innovation",
        unit="log",
        plausible=(0.0, 0.1),
        domain=(-inf, inf),
        open="low",
        source="order of studies after Crépon, Duguet & Mairesse (1998)",
    )


@dataclass(frozen=True)
class Market(_Checked):
    """Growth, export, entry and exit."""

    select: float = parameter(
        0.15, "growth of the market share per log productivity above the sector's mean", unit="1/year", plausible=(0.0, 0.5), domain=(-inf, inf), open="low"
    )
    revert: float = parameter(0.10, "pull of the size towards the niche of the place", unit="1/year", plausible=(0.0, 0.5))
    export_threshold: float = parameter(
        1.0,
        "log productivity from which a firm of one person exports",
        unit="log",
        plausible=(0.5, 2.0),
        domain=(-inf, inf),
        status=CALIBRATED,
        calibrated=True,
    )
    exit_base: float = parameter(
        0.236, "hazard of exit of a new firm of one person and mean productivity", unit="1/year", plausible=(0.1, 0.4), status=CALIBRATED, calibrated=True
    )
    exit_size: float = parameter(
        0.30,
        "elasticity by which the hazard falls with employees",
        plausible=(0.1, 0.6),
        domain=(-inf, inf),
        open="low",
        source="fitted to the survival of new firms",
    )
    exit_age: float = parameter(
        0.40,
        "elasticity by which the hazard falls with one plus age",
        plausible=(0.1, 0.8),
        domain=(-inf, inf),
        open="low",
        source="fitted to the survival of new firms",
    )


@dataclass(frozen=True)
class Clusters(_Checked):
    """How clusters form, admit and lose members; their maturity follows from rules and from nothing else."""

    found: float = parameter(
        0.10, "probability that a firm with enough independent partners draws to found a cluster", unit="1/year", plausible=(0.0, 0.5), domain=(0.0, 1.0)
    )
    admit: float = parameter(0.10, "probability of joining per tie to a member", unit="1/year", plausible=(0.0, 0.5), domain=(0.0, 1.0))
    leave_0: float = parameter(0.25, "probability of leaving without ties to fellows", unit="1/year", plausible=(0.0, 0.5), domain=(0.0, 1.0))
    rules: str = parameter("lithuania", "rules by which maturity is computed: a name or a file", source="innovnet.clusters.load_rules")


@dataclass(frozen=True)
class Constants(_Checked):
    """What no target identifies: kept apart, in the description all the same."""

    n_chance: int = parameter(2, "chance meetings seen in one search", unit="candidates", plausible=(1, 4), domain=(0, 16), constant=True)
    seen: int = parameter(
        4, "places seen in a chance meeting, of which the largest is approached", unit="candidates", plausible=(1, 4), domain=(1, 64), constant=True
    )
    border_meet: float = parameter(0.1, "factor of meetings across a border", unit="factor", plausible=(0.02, 0.5), constant=True)
    mission: float = parameter(
        0.5, "value of any tie to an R&D body, which is there to cooperate", unit="logit", plausible=(0.0, 2.0), domain=(-inf, inf), open="low", constant=True
    )
    fellows: float = parameter(
        0.5, "embeddedness of fellows of a cluster against a partner's partner", unit="share", plausible=(0.0, 1.0), domain=(0.0, 1.0), constant=True
    )
    slack_0: float = parameter(12.0, "time for partners of a firm of one person", unit="person-days/year", plausible=(5.0, 25.0), constant=True)
    slack_size: float = parameter(0.55, "elasticity of this time to employees", plausible=(0.3, 0.8), domain=(-inf, inf), open="low", constant=True)
    body_slack: float = parameter(4.0, "factor of this time of R&D bodies", unit="factor", plausible=(1.0, 8.0), constant=True)
    trust_up: float = parameter(
        0.3, "share of the way to full trust in a year in which either side innovates", unit="1/year", plausible=(0.1, 0.5), domain=(0.0, 1.0), constant=True
    )
    trust_down: float = parameter(0.1, "loss of trust in any other year", unit="1/year", plausible=(0.0, 0.3), domain=(0.0, 1.0), constant=True)
    rounds: int = parameter(2, "rounds of meetings", unit="1/year", plausible=(1, 4), domain=(0, 4), constant=True)
    band: float = parameter(0.01, "levels within this ratio are equal", unit="ratio", plausible=(0.0, 0.05), constant=True)
    spread: float = parameter(0.5, "standard deviation of the log of a firm's own knowledge over fields", unit="log", plausible=(0.2, 1.0), constant=True)
    body_level: float = parameter(
        2.0, "knowledge of an R&D body in each field, against a frontier of about 1 among firms", unit="level", plausible=(1.0, 3.0), open="low", constant=True
    )
    quality_k: float = parameter(
        0.2,
        "effect of a standard deviation of quality on the log of own knowledge",
        unit="log",
        plausible=(0.0, 0.5),
        domain=(-inf, inf),
        open="low",
        constant=True,
    )
    persistence: float = parameter(
        0.8, "what is left of log productivity after a year", unit="1/year", plausible=(0.6, 0.95), domain=(0.0, 1.0), open="high", constant=True
    )
    shock: float = parameter(0.20, "standard deviation of the yearly change of log productivity", unit="log", plausible=(0.1, 0.4), constant=True)
    quality_z: float = parameter(
        0.2,
        "effect of a standard deviation of quality on log productivity in the long run",
        unit="log",
        plausible=(0.0, 0.5),
        domain=(-inf, inf),
        open="low",
        constant=True,
    )
    export_size: float = parameter(
        0.15,
        "effect of log employees on exporting",
        unit="log",
        plausible=(0.0, 0.4),
        domain=(-inf, inf),
        open="low",
        source="Melitz (2003), doi:10.1111/1468-0262.00467 (idea)",
        constant=True,
    )
    spill: float = parameter(0.10, "gain of a partner that exported last year", unit="log", plausible=(0.0, 0.3), domain=(-inf, inf), open="low", constant=True)
    hysteresis: float = parameter(
        0.25,
        "what an exporter may fall below the threshold",
        unit="log",
        plausible=(0.0, 0.5),
        source="Roberts & Tybout (1997): sunk costs (idea)",
        constant=True,
    )
    exit_productivity: float = parameter(
        0.5, "effect of log productivity above the sector's mean on survival", plausible=(0.0, 1.5), domain=(-inf, inf), open="low", constant=True
    )
    entry_size: float = parameter(0.7, "size of entrants against the niche", unit="share", plausible=(0.3, 1.0), open="low", constant=True)
    entry_gap: float = parameter(
        0.1, "lag of entrants behind the mean of the sector", unit="log", plausible=(0.0, 0.3), domain=(-inf, inf), open="low", constant=True
    )
    leave_ties: float = parameter(0.5, "effect of a tie to a fellow on the log of the probability of leaving", plausible=(0.0, 1.0), constant=True)
    min_members: int = parameter(
        5,
        "independent members that found a cluster",
        unit="firms",
        plausible=(3, 10),
        domain=(2, 1000),
        source="Lithuanian rule: at least five independent members",
        constant=True,
    )
    govern: float = parameter(
        0.25, "probability of adopting a governance, from the first year on", unit="1/year", plausible=(0.05, 0.5), domain=(0.0, 1.0), constant=True
    )


@dataclass(frozen=True)
class Channels(_Checked):
    """Switches of the four ways in which a network acts on a firm's success: 1 on, 0 off."""

    know: float = parameter(1.0, "what was learnt makes innovating likelier", unit="multiplier", plausible=(0.0, 1.0), domain=(0.0, 2.0))
    ties: float = parameter(1.0, "ties make innovating likelier", unit="multiplier", plausible=(0.0, 1.0), domain=(0.0, 2.0))
    spill: float = parameter(1.0, "exporting partners make exporting easier", unit="multiplier", plausible=(0.0, 1.0), domain=(0.0, 2.0))
    time: float = parameter(1.0, "time given to partners is not worked", unit="multiplier", plausible=(0.0, 1.0), domain=(0.0, 2.0))
