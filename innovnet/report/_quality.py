"""Data quality: what was read, repaired and left out, how much of it, and which figures it touches."""

import numpy as np
import pandas as pd
from scipy import sparse

from innovnet.report._exhibit import Column
from innovnet.report._format import number, percent
from innovnet.report._measure import Programme

COLUMNS = {
    "item": Column("What"),
    "place": Column("Where"),
    "count": Column("How many", definition="Number of rows, organisations or events concerned."),
    "action": Column("What was done", definition="read, repaired, dropped (left out) or kept (as it is, with the consequence named)."),
    "examples": Column("Remarks and examples"),
    "figures": Column("Figures it touches"),
}

_TOUCHES = {  # a word in the item -> the figures that use it
    "countr": "chance, bridgers, flows, map, peers",
    "nuts": "chance, bridgers, map",
    "region": "chance, bridgers, map",
    "coordinate": "map",
    "sme": "time, facts",
    "type": "all figures coloured by type",
    "field": "chance, bridgers, mixing",
    "contribution": "concentration",
    "single": "partners, chance",
    "one member": "partners, chance",
    "date": "time",
    "sign": "time",
}


def quality_table(programme: Programme) -> pd.DataFrame:
    """The reader's and the projection's notes, then what the attributes of the organisations lack and what the largest event does."""
    read = programme.affiliation.quality
    own = pd.DataFrame([*_missing(programme), *_largest(programme)], columns=["item", "place", "count", "action", "examples"])
    parts = [part for part in (read, programme.network.quality, own) if len(part)]
    table = pd.concat(parts, ignore_index=True).drop_duplicates(["item", "place"]).reset_index(drop=True)
    return table.assign(figures=[_touched(item) for item in table["item"]])


def _touched(item: str) -> str:
    return next((figures for word, figures in _TOUCHES.items() if word in item.lower()), "")


def _missing(programme: Programme) -> list[tuple[str, str, int, str, str]]:
    actors, total = programme.actors, float(programme.actors["joint_work"].sum())
    rows = []
    for column, label in (("type", "type"), ("sme", "SME flag"), ("country", "country"), ("region", "region"), ("field", "science field")):
        gone = actors[column].isna().to_numpy()
        if gone.any():
            share = float(actors["joint_work"].to_numpy()[gone].sum()) / total if total else 0.0
            largest = actors[gone].nlargest(3, "joint_work")["display"]
            remark = f"{percent(gone.mean(), 1)} of organisations with {percent(share, 1)} of all joint work; largest: {', '.join(largest)}"
            rows.append((f"organisations without {label}", "organisations", int(gone.sum()), "kept", remark))
    alone = int((actors["partners"] == 0).sum())
    rows.append(("organisations without a partner", "organisations", alone, "kept", "they count as organisations and have no ties"))
    return rows


def _largest(programme: Programme) -> list[tuple[str, str, int, str, str]]:
    sizes = programme.affiliation.sizes
    if not len(sizes) or sizes.max() < 3:
        return []
    top = int(np.argmax(sizes.to_numpy()))
    incidence = programme.affiliation.incidence
    members = incidence[:, [top]].nonzero()[0]
    shared = sparse.csr_array(incidence[members] @ incidence[members].T)
    only = (int((shared.data == 1).sum()) - int((shared.diagonal() == 1).sum())) // 2
    name = programme.affiliation.events.get("name", pd.Series(sizes.index, index=sizes.index)).iloc[top]
    remark = f"{name}: {number(sizes.iloc[top])} members; {number(only)} of {number(programme.network.n_ties)} ties exist through it alone"
    return [("members of the largest event", "events", int(sizes.iloc[top]), "kept", remark)]
