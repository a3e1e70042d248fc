"""The register of twelve clusters whose every value was worked out by hand."""

import pandas as pd

import innovnet as inn

#: cluster -> members (the first is the coordinator unless there is none), first day, and what is known of it
_CLUSTERS = {
    "K01": ("a1 a2", "2015-03-01", "no coordinator", 0.0),
    "K02": ("b1 b2", "2024-01-01", "no coordinator", None),
    "K03": ("c1 c2 c3 c4", "2016-01-01", "G S", 0.5),
    "K04": ("d1 d2 d3 d4 d5", "2024-07-01", "G joint unknown", None),
    "K05": ("o1 o2 o3 o4 o5", "2022-01-01", "G", 1.0),
    "K06": ("h1 h2 h3 h4 h5 h6", "2020-01-01", "G", 0.2),
    "K07": ("s0 s1 s2 s3 s4 s5", "2023-03-01", "G S", 0.25),
    "K08": ("r1 r2 r3 r4 r5", "2022-06-01", "G", 0.4),
    "K09": ("g0 g1 g2 g3 g4 g5 g6", "2019-01-01", "G S", 0.35),
    "K10": ("m0 m1 m2 m3 m4 m5 m6", "2016-01-01", "G S", 0.4),
    "K11": ("q0 q1 q2 q3 q4 q5", "2018-01-01", "G S", None),
    "K12": ("t1 t2 m1 m6 ff v", "2021-06-01", "G S", 0.2),
}
_LATER = {("K09", "g6"): "2024-01-01", ("K10", "m5"): "2021-01-01"}
_ROLES = {("K10", "m6"): "rd_body", ("K12", "m6"): "rd_body", ("K12", "ff"): "foreign_member", ("K12", "v"): "facilitator"}
_RD = ["c1", "c2", "c3", "c4", "s0", "s1", "r1", "g0", "g1", "m0", "m1", "m2", "m6", "q0", "q1"]
_RD_UNKNOWN = ["q2", "q3", "ff"]
_HIGH = ["c1", "c2", "c3", "c4", "g0", "g1", "g2", "g3", "m0", "m1", "m2", "m3", "q0", "q1", "q2"]
_EXPORT = ["c1", "c2", "c3", "c4", "s2", "s3", "s4", "r1", "r2", "g0", "g1", "g2", "m0", "m1", "m2", "m3", "q0", "q1", "t1"]
_COUNTRY = {"ff": "EE", "f1": "DE", "f2": "DE", "f3": "LV", "f4": "PL"}
_KIND = {"m6": "research", "v": "association"}
#: participants, first and last year; one event for each of the organisations after "each"
_EVENTS = """b1 b2 24-25; c1 c2 c3 c4 23-25; c1 c2 24; c1 f1 25; o1 f2 24-25; o2 f2 24-25; o3 f2 24-25; o4 f2 24-25; o5 f2 24-25; h1 h2 h3 23-25; h1 h4 24;
h5 h6 24; s0 s1 24; s0 s2 24; s0 s3 24; s0 s4 24; s0 s5 24; r1 r2 24; r2 r3 24; r3 r4 24; r4 r5 24; r5 r1 24; g0 g1 g2 g3 23-25; g0 g1 25; g2 g3 24;
g0 g4 24; g0 g5 24; g1 f3 25; g4 g5 19-21; m0 m1 m2 m3 m4 f1 23-25; m1 m2 f3 24; m2 m3 f4 25; m5 m6 25; m4 m5 24; q0 q1 q2 q3 q4 23-25; t1 t2 m1 23-25;
t1 ff 24; m6 t2 25"""
YEARS = range(2015, 2026)


def frames() -> dict[str, pd.DataFrame]:
    """The tables, by name of the sheet."""
    clusters, membership, funding = [], [], []
    for cluster, (members, first, words, own) in _CLUSTERS.items():
        joint = None if "joint unknown" in words else first
        flags = words.split()
        clusters.append((cluster, f"Cluster {cluster}", "LT", "62", first, joint, "yes" if "G" in flags else "no", "yes" if "S" in flags else "no"))
        for k, organisation in enumerate(members.split()):
            role = _ROLES.get((cluster, organisation), "coordinator" if k == 0 and "no coordinator" not in words else "member")
            membership.append((cluster, organisation, _LATER.get((cluster, organisation), first), "2023-12-31" if cluster == "K01" else None, role))
        if own is not None:
            year = range(max(int(first[:4]), 2015), 2026)
            funding += [(cluster, y, source, share) for y in year for source, share in (("members", own), ("state", 1 - own))]
    events = [(f"e{k:02}", *_event(text.split())) for k, text in enumerate(_EVENTS.split(";"))]
    cooperation = [(event, organisation, start, end) for event, members, start, end in events for organisation in members]
    everyone = sorted({m[1] for m in membership} | {c[1] for c in cooperation})
    organisations = [_organisation(name) for name in everyone] + [("P", "Organisation P", "LT", "firm", "large", None)]
    facts = [(name, year, None if name in _RD_UNKNOWN else _yes(name in _RD), _yes(name in _EXPORT)) for name in everyone for year in YEARS]
    owned = [("P", h, 0.6, "firm") for h in ("h1", "h2", "h3")] + [("h6", "h5", 0.3, "firm")]
    return {
        "clusters": pd.DataFrame(clusters, columns=["cluster", "name", "country", "sectors", "founded", "joint_since", "governance", "strategy"]),
        "membership": pd.DataFrame(membership, columns=["cluster", "organisation", "from", "to", "role"]),
        "organisations": pd.DataFrame(organisations, columns=["organisation", "name", "country", "kind", "size", "high_value"]),
        "ownership": pd.DataFrame(owned, columns=["owner", "owned", "share", "owner_kind"]),
        "cooperation": pd.DataFrame(cooperation, columns=["event", "organisation", "start", "end"]),
        "member_facts": pd.DataFrame(facts, columns=["organisation", "year", "rd_declared", "exporter"]),
        "funding": pd.DataFrame(funding, columns=["cluster", "year", "source", "share"]),
    }


def register() -> inn.clusters.Register:
    return inn.clusters.Register.from_frames(**frames())


def _event(words: list[str]) -> tuple[list[str], str, str]:
    *members, years = words
    first, _, last = years.partition("-")
    return members, f"20{first}-01-01", f"20{last or first}-12-31"


def _organisation(name: str) -> tuple[str, str, str, str, str | None, str]:
    kind = _KIND.get(name, "firm")
    return name, f"Organisation {name}", _COUNTRY.get(name, "LT"), kind, "small" if kind == "firm" else None, _yes(name in _HIGH)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
