"""Small programmes of any size, drawn at random, with the columns that CORDIS has."""

import importlib.util
import re
import warnings
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataWarning
from innovnet.graph._tables import quality
from innovnet.report._canvas import style, svg
from innovnet.report._measure import Programme, measure
from innovnet.report._tokens import ON_DARK, ON_LIGHT, TOKENS

TYPES = ["university", "institute", "firm", "public", "other"]
COUNTRIES = ["LT", "LV", "EE", "PL", "DE", "FR"]
HOSTILE = [r"Cash$ \frac{1}{2} $x$", "</script><b>&amp;", "東京大学", "جامعة القاهرة", "🚀 Rockets", 'id="x" #1c2733 1.23456', "a\x00b\x1b[31m", "W" * 60]


def affiliation(actors: int, events: int, *, seed: int = 0, drop: tuple[str, ...] = (), names: list[str] | None = None, largest: int = 6) -> inn.Affiliation:
    rng = np.random.default_rng(seed)
    ids = [f"o{k:04d}" for k in range(actors)]
    table = pd.DataFrame(
        {
            "name": [(names or ["Organisation"])[k % len(names or [1])] + ("" if names else f" {k}") for k in range(actors)],
            "city": rng.choice(["VILNIUS", "Riga", "Tallinn"], actors),
            "country": rng.choice(COUNTRIES, actors),
            "type": rng.choice(TYPES, actors),
            "sme": pd.array(rng.random(actors) < 0.4, dtype="boolean"),
            "lat": rng.uniform(48, 60, actors),
            "lon": rng.uniform(5, 28, actors),
        },
        index=pd.Index(ids, name="actor"),
    )
    signed = pd.to_datetime("2021-01-15") + pd.to_timedelta(rng.integers(0, 1430, events), unit="D")
    happenings = pd.DataFrame(
        {"name": [f"PROJECT {k}" for k in range(events)], "signed": signed, "start": signed, "programme": "HORIZON"},
        index=pd.Index([f"p{k:04d}" for k in range(events)], name="event"),
    )
    fame = rng.pareto(1.2, actors) + 0.1 if actors else np.zeros(0)
    rows = []
    for event in range(events):
        size = min(actors, int(rng.integers(1, largest + 1)))
        members = rng.choice(actors, size, replace=False, p=fame / fame.sum())
        rows += [(m, event, "participant" if k else "coordinator", float(rng.integers(1, 100)) * 1e4) for k, m in enumerate(members)]
    positions = pd.DataFrame(rows, columns=["actor", "event", "role", "contribution"])
    positions = positions.astype({"actor": "int64", "event": "int64", "role": "str", "contribution": "float64"})
    if len(positions):
        positions.loc[rng.random(len(positions)) < 0.1, "contribution"] = np.nan
    table, happenings, positions = (t.drop(columns=[c for c in drop if c in t.columns]) for t in (table, happenings, positions))
    return inn.Affiliation._from_positions(table, happenings, positions, {}, quality())


def programme(actors: int, events: int, *, country: str | None = None, **options) -> Programme:
    return measure(affiliation(actors, events, **options), country=country, progress=False)


@pytest.fixture(scope="session")
def make():
    """A random programme of so many actors and events."""
    return programme


@pytest.fixture(scope="session")
def make_affiliation():
    return affiliation


@pytest.fixture(scope="session")
def hostile() -> list[str]:
    return HOSTILE


@pytest.fixture(scope="session")
def twelve():
    """The register of twelve clusters of known values, as the module that makes it."""
    spec = importlib.util.spec_from_file_location("twelve", Path(__file__).parents[1] / "clusters" / "twelve.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def followed():
    """A register -> its assessment at the end of 2025, the monitoring of five years up to it, and what the sheets share."""

    def follow(register, rules="lithuania", years=range(2021, 2026)):
        assessment = inn.clusters.assess(register, rules=rules, at=2025)
        return assessment, inn.clusters.monitor(register, rules=rules, years=years), inn.report.field_of(assessment)

    return follow


@pytest.fixture(scope="session")
def of_twelve(twelve, followed):
    """Identifier -> the sheet of one of the twelve clusters; ``.field``, ``.assessment`` and ``.monitoring`` are what it is made of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # clusters of fewer than five members belong to it
        assessment, monitoring, field = followed(twelve.register())
    made = {}

    def sheet(cluster):
        if cluster not in made:
            made[cluster] = inn.report.cluster_sheet(assessment, monitoring, cluster, field=field)
        return made[cluster]

    sheet.assessment, sheet.monitoring, sheet.field = assessment, monitoring, field
    return sheet


@pytest.fixture(scope="session")
def check_drawing():
    """Draws an exhibit at both widths and looks at what the page gets."""
    light = {pair[0] for pair in TOKENS.values()} | {ON_DARK, ON_LIGHT}

    def check(exhibit, widths=(960, 352)):
        found = {}
        assert exhibit.draw is not None
        for width in widths:
            figure = exhibit.draw(width)
            assert figure.get_size_inches()[0] * 72 == pytest.approx(width)
            raw = svg(figure, f"{exhibit.key}-{width}")
            assert len(raw) < 300_000
            tags = "".join(re.findall(r"<[^<>]+>", raw))
            assert set(re.findall(r"#[0-9a-f]{6}\b", tags)) <= light
            assert not re.search(r'(?:fill|stroke)[:=]\s*"?#(?!fefefe|10151a)', tags), "a colour that is no token"
            outside = _outside(figure)
            assert not outside, f"{width}: {outside}"
            assert not _overlaps(figure), f"{width}: {_overlaps(figure)}"
            found[width] = raw
        for name, table in exhibit.tables.items():
            assert set(table.columns) <= set(exhibit.columns), name
        assert len(exhibit.headline) <= 75, exhibit.headline
        assert all([exhibit.alt, exhibit.lead, exhibit.caption, exhibit.reading])
        return found

    return check


def _boxes(figure, *, slanted=True):
    canvas = pytest.importorskip("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
    canvas.draw()  # settles the ticks of inner axes
    renderer = canvas.get_renderer()
    for text in figure.findobj(pytest.importorskip("matplotlib.text").Text):
        if text.get_text().strip() and text.get_visible() and (slanted or text.get_rotation() % 90 == 0):
            box = text.get_window_extent(renderer)
            yield text.get_text(), (box.x0, box.y0, box.x1, box.y1)


def _outside(figure):
    with style():
        width, height = figure.get_size_inches() * 72
        return [text for text, (x0, y0, x1, y1) in _boxes(figure) if x0 < -3 or y0 < -3 or x1 > width + 3 or y1 > height + 3]


def _overlaps(figure):
    with style():
        boxes = list(_boxes(figure, slanted=False))  # the upright box of a slanted text says nothing of overlaps
    found = []
    for k, (one, (a, b, c, d)) in enumerate(boxes):
        found += [(one, other) for other, (e, f, g, h) in boxes[k + 1 :] if min(c, g) - max(a, e) > 1 and min(d, h) - max(b, f) > 3]
    return found


class Reader(HTMLParser):
    """Tags, addresses and identifiers of a page; an event handler in any tag fails."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses, self.ids = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.addresses += [value for name, value in attrs if name in {"src", "href", "srcset", "action", "data"}]
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.fixture(scope="session")
def parsed():
    """HTML text -> what stands in it."""

    def parse(text):
        reader = Reader()
        reader.feed(text)
        return reader

    return parse
