"""Make ``innovnet/graph/data/region_points.csv``: where the participants of each region are.

For each NUTS 3 code the median longitude and latitude of the organisations of Horizon Europe that have it; and for each cell of half a degree with two
or more organisations of a country their median, under the country's code. From CORDIS (© European Union, CC BY 4.0); no geometry of regions is used.

    python benchmarks/make_region_points.py cordis-HORIZONprojects-csv.zip
"""

import sys
from pathlib import Path

import pandas as pd

import innovnet as inn

TARGET = Path(__file__).parents[1] / "innovnet" / "graph" / "data" / "region_points.csv"
GRID = 0.5  # degrees


def points(actors: pd.DataFrame) -> pd.DataFrame:
    known = actors.dropna(subset=["lat", "lon", "country"])
    known = known[known["lon"].between(-30, 60) & known["lat"].between(25, 75)]
    exact = known["nuts"].str.len().eq(5).fillna(False) & (known["nuts"].str[:2] == known["country"]).fillna(False)
    regions = known[exact].groupby("nuts")[["lon", "lat"]].median()
    cell = (known["lon"] // GRID).astype(int).astype(str) + ":" + (known["lat"] // GRID).astype(int).astype(str)
    cells = known.assign(cell=cell).groupby(["country", "cell"]).agg(lon=("lon", "median"), lat=("lat", "median"), n=("lat", "size"))
    cells = cells[cells["n"] >= 2].reset_index().set_index("country")[["lon", "lat"]]
    table = pd.concat([regions, cells])
    return table.round(2).rename_axis("code").reset_index().sort_values(["code", "lon", "lat"])


if __name__ == "__main__":
    table = points(inn.read_cordis(sys.argv[1]).actors)
    table.to_csv(TARGET, index=False, lineterminator="\n")
    print(f"{len(table)} points, {(table['code'].str.len() == 5).sum()} of them of NUTS 3 regions -> {TARGET}")
