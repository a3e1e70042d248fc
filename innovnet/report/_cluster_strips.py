"""Part 6 of a sheet: a cluster among the others of its country, those of its level marked."""

import math

import numpy as np
import pandas as pd

from innovnet.clusters._catalogue import CATALOGUE
from innovnet.report._canvas import drawing
from innovnet.report._cluster_part import COMPARED, Field, Part
from innovnet.report._cluster_strips_plot import plot_cluster_strips
from innovnet.report._cluster_words import indicator_label, indicator_text, plain
from innovnet.report._exhibit import Column
from innovnet.report._format import count, number
from innovnet.report._names import country_name
from innovnet.report._words import the

WIDTH = 372  #: on a wide page

COLUMNS = {
    "indicator": Column("Indicator"),
    "label": Column("What is compared"),
    "text": Column("This cluster"),
    "value": Column("Value", missing="not known or not defined"),
    "low": Column("At least", missing="not known or not defined"),
    "high": Column("At most", missing="not known or not defined"),
    "axis_high": Column("Axis to", "", "Each axis begins at 0."),
    "axis_high_text": Column("Axis to, as written"),
    "others": Column("Others with a value", "clusters"),
    "cluster": Column("Cluster", "id"),
    "same_level": Column("Same level", definition="Whether it has the same lowest certain level."),
}


def others_table(field: Field, cluster: str) -> pd.DataFrame:
    """One row for each indicator and other cluster of the same country."""
    levels, clusters = field.assessment.levels, field.assessment.register.clusters
    country = clusters["country"].reindex(levels.index)
    others = levels.index[(country == country[cluster]).to_numpy(dtype=bool) & (levels.index != cluster)]
    table = field.indicators["value"].reset_index()
    table = table[table["indicator"].isin(COMPARED) & table["cluster"].isin(others)]
    same = dict(zip(levels.index, levels["rank_low"] == field.level(cluster)["rank_low"], strict=True))
    table["same_level"] = table["cluster"].map(same).astype("bool")
    return table[["indicator", "cluster", "value", "same_level"]].astype({"indicator": "str"})


def strips_table(field: Field, cluster: str, others: pd.DataFrame) -> pd.DataFrame:
    """One row for each of the ten indicators, with the value of the cluster and the ends of the axis."""
    rows = []
    for key in COMPARED:
        meaning, one = CATALOGUE[key], field.value(cluster, key)
        low, value, high = (float(one[name]) for name in ("low", "value", "high"))
        text = indicator_text(meaning, low, high)
        known = not (np.isnan(low) or text == "not known")
        field_values = others.loc[others["indicator"] == key, "value"].dropna()
        largest = max([*field_values, *([low] if known else []), *([high] if known and math.isfinite(high) else [])], default=0.0)
        top = 1.0 if meaning.unit == "share" else max(math.ceil(largest), 1.0)
        end = high if math.isfinite(high) else top
        rows.append(
            {
                "indicator": key,
                "label": indicator_label(key),
                "text": text,
                "value": value if known else np.nan,
                "low": low if known else np.nan,
                "high": end if known else np.nan,
                "axis_high": top,
                "axis_high_text": plain(meaning, top).removesuffix(" years").removesuffix(" year") if meaning.unit != "ratio" else f"{number(top)}×",
                "others": len(field_values),
            }
        )
    return pd.DataFrame(rows)


def strips_part(field: Field, cluster: str) -> Part:
    """Where the cluster stands on ten indicators; no rank and no score is made of them."""
    others = others_table(field, cluster)
    table = strips_table(field, cluster, others)
    tables = {"strips": table, "strips_others": others}
    n, country = others["cluster"].nunique(), field.assessment.register.clusters.loc[cluster, "country"]
    place = f"in {the(country_name(str(country)))}" if isinstance(country, str) else "of the same country"
    if not n:
        return Part("strips", "Against the others", tables, COLUMNS, (f"There is no other cluster {place} on the day: nothing to compare with.",))
    same = int(others.loc[others["indicator"] == COMPARED[0], "same_level"].sum())
    caption = f"Dots: the {count(n, 'other cluster')} {place} (n = {number(n)}), {number(same) if same else 'none'} at the same certain level; lines begin at 0; no dot: not known or not defined."
    values = "; ".join(f"{label} {text}" for label, text in zip(table["label"][:3], table["text"][:3], strict=True))
    return Part(
        "strips",
        "Against the others",
        tables,
        COLUMNS,
        caption=caption,
        alt=f"{values}; all are in the workbook.",
        draw=drawing(plot_cluster_strips, table, others=others),
        width=WIDTH,
    )
