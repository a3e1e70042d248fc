"""Where regions are: points made from the coordinates of participants, never from the geometry of regions."""

from functools import cache
from importlib.resources import files
from io import StringIO

import pandas as pd


@cache
def region_points() -> pd.DataFrame:
    """Code, lon and lat: medians of participants' coordinates by NUTS 3 region, and by cell of half a degree (code of the country)."""
    text = files("innovnet.graph").joinpath("data", "region_points.csv").read_text(encoding="utf-8")
    return pd.read_csv(StringIO(text), keep_default_na=False)


def points_of(regions: pd.Index) -> pd.DataFrame:
    """``lat`` and ``lon`` of regions of any level of NUTS: the median of the points inside, else of those of the country; missing where it has none."""
    table = region_points()
    inside = {region: table.loc[table["code"].str.startswith(region), ["lat", "lon"]] for region in regions}
    chosen = {region: found if len(found) else table.loc[table["code"] == region[:2], ["lat", "lon"]] for region, found in inside.items()}
    return pd.DataFrame({region: found.median() for region, found in chosen.items()}, index=["lat", "lon"]).T.reindex(regions)
