import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.report import CountryView, country_exhibits, country_facts, country_findings, slug
from innovnet.report._country_clusters import clusters_table
from innovnet.report._country_funding import funding_tables
from innovnet.report._country_gaps import gaps_tables
from innovnet.report._country_levels import levels_table
from innovnet.report._country_map import map_tables
from innovnet.report._country_moves import moves_table
from innovnet.report._country_shared import shared_tables
from innovnet.report._country_short import short_tables
from innovnet.report._country_where import regions_table, sectors_table
from innovnet.report._page import SECTIONS

AT = pd.Timestamp("2025-12-31")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


COUNTED = {"coordinator", "member", "rd_body", "foreign_member"}


@pytest.fixture(scope="module")
def view() -> CountryView:
    register, programme = inn.clusters.example(), inn.example()
    assessment = inn.clusters.assess(register, programme, rules="lithuania", at=AT, progress=False)
    monitoring = inn.clusters.monitor(register, programme, rules="lithuania", years=range(2016, 2026), progress=False)
    found = inn.clusters.detect(programme, at=2025, starts=5, seed=0)
    return CountryView(assessment, monitoring, programme, inn.clusters.compare(register, found, programme, at=2025, runs=9))


@pytest.fixture(scope="module")
def exhibits(view):
    return {exhibit.key: exhibit for exhibit in country_exhibits(view)}


@pytest.fixture(scope="module")
def assigned(view) -> dict[str, int]:
    rows = view.monitoring.panel.query("year == 2025")
    return dict(zip(rows["cluster"], rows["rank"], strict=True))


@pytest.fixture(scope="module")
def members(view) -> dict[str, set[str]]:
    """Cluster -> counted members on the day, straight from the sheet."""
    found = {cluster: set() for cluster in view.assessment.levels.index}
    for row in view.assessment.register.membership.to_dict("records"):
        if row["from"] <= AT and not row["to"] < AT and row["role"] in COUNTED and row["cluster"] in found:
            found[row["cluster"]].add(row["organisation"])
    return found


def test_levels_are_those_of_the_panel(view):
    panel = view.monitoring.panel
    for row in levels_table(view).to_dict("records"):
        of = panel[(panel["year"] == row["year"]) & (panel["level"] == row["level"])]
        assert (row["clusters"], row["open"]) == (len(of), sum(a < b for a, b in zip(of["rank_low"], of["rank_high"], strict=True)))
    assert len(levels_table(view)) == 10 * 5


def test_the_list_has_every_cluster_once_the_highest_first(view, assigned):
    table, levels = clusters_table(view), view.assessment.levels
    assert sorted(table["cluster"]) == sorted(levels.index)
    order = list(zip(-table["rank"], table["name"].str.casefold(), strict=True))
    assert order == sorted(order)
    missing = view.assessment.missing
    for row in table.to_dict("records"):
        of, texts = levels.loc[row["cluster"]], missing[missing["cluster"] == row["cluster"]]
        assert row["rank"] == assigned[row["cluster"]]
        assert row["data_level"].split(" to ") == list(dict.fromkeys([of["level_low"], of["level_high"]]))
        assert row["gates"] == of["gates"]
        assert pd.isna(row["missing"]) == texts.empty
        if len(texts):
            easiest = texts[texts["relative_gap"] == texts["relative_gap"].min()]["text"].str.lower()
            head = row["missing"].split("; and ")[0].lower()
            assert any(text.startswith(head) for text in easiest)
            assert (f"; and {len(texts) - 1} more" in row["missing"]) == (len(texts) > 1)
        warned = view.monitoring.warnings.query("year == 2025 and cluster == @row['cluster']")["warning"]
        assert (set(row["warnings"].split(", ")) if pd.notna(row["warnings"]) else set()) == set(warned)
        assert row["sheet"] == f"sheets/{slug(row['cluster'])}.html"


def test_moves_are_counted_from_the_panel(view):
    panel, register = view.monitoring.panel, view.assessment.register.clusters
    counts: dict[tuple[str, str], int] = {}
    for cluster, rows in panel.groupby("cluster"):
        years = {row["year"]: row for row in rows.to_dict("records")}

        def level(year, years=years):
            row = years[year]
            return row["level"] if row["rank_low"] == row["rank_high"] else None

        steps = [(level(year), level(year + 1)) for year in years if year + 1 in years]
        if register.loc[cluster, "founded"].year == min(years):
            steps.append(("new", level(min(years))))
        ended = register.loc[cluster, "dissolved"]
        if pd.notna(ended) and ended.year == max(years) + 1:
            steps.append((level(max(years)), "dissolved"))
        for step in steps:
            if None not in step:
                counts[step] = counts.get(step, 0) + 1
    table = moves_table(view)
    assert {(a, b): n for a, b, n in table[["source", "target", "count"]].itertuples(index=False) if n} == counts
    rank = {name: k for k, name in enumerate([view.rules.below, *view.rules.levels])}
    for row in table.query("source != 'new' and target != 'dissolved'").to_dict("records"):
        assert row["way"] == ["stays", "rises", "falls"][int(np.sign(rank[row["target"]] - rank[row["source"]]))]


def test_one_criterion_short_is_found_criterion_by_criterion(view):
    rules, criteria = view.rules, view.assessment.criteria
    met = {(row["cluster"], row["criterion"]): row["met"] is True for row in criteria.astype({"met": "object"}).to_dict("records")}

    def reached(cluster, taken=None):
        rank = 0
        for level in rules.levels:
            own = [c for c in rules.criteria if c.level == level]
            holds = {c.id: met[cluster, c.id] or c.id == taken for c in own}
            soft = [holds[c.id] for c in own if c.strength == "soft"]
            if not all(holds[c.id] for c in own if c.strength == "hard") or (soft and sum(soft) < rules.soft[level].at_least):
                break
            rank += 1
        return rank

    table, stages = short_tables(view)
    moved = {c.id: [k for k in view.clusters.index if reached(k, c.id) > reached(k)] for c in rules.criteria}
    for row in table.to_dict("records"):
        assert row["would_move"] == len(moved[row["criterion"]]) == row["to_do"] + row["in_time"] + row["data"]
        assert row["lacking"] >= row["would_move"]
    assert list(table["would_move"]) == sorted(table["would_move"], reverse=True)
    short = set().union(*moved.values())
    assert stages["clusters"].to_list() == [len(view.clusters), sum(reached(k) < len(rules.levels) for k in view.clusters.index), len(short)]
    assert table.set_index("criterion").loc["M3", ["would_move", "to_do", "data"]].to_list() == [2, 1, 1]


@pytest.mark.parametrize(("make", "column"), [(sectors_table, "sectors"), (regions_table, "region")])
def test_sectors_and_regions_are_counted_cluster_by_cluster(view, assigned, make, column):
    table = make(view)
    sections = {"26": "C", "72": "N", "10": "C", "11": "C", "62": "K", "63": "K", "21": "C", "31": "C", "16": "C", "25": "C", "28": "C", "35": "D", "27": "C"}
    sections |= {"55": "I", "79": "O", "52": "H", "49": "H", "13": "C", "14": "C", "01": "A", "41": "F", "86": "R"}
    counts: dict[tuple[str, int], int] = {}
    for cluster, text in view.assessment.register.clusters.loc[view.clusters.index, column].items():
        for code in {sections[one] for one in text.split(";")} if column == "sectors" else {text}:
            counts[code, assigned[cluster]] = counts.get((code, assigned[cluster]), 0) + 1
    assert {(code, rank): n for code, rank, n in table[["code", "rank", "clusters"]].itertuples(index=False) if n} == counts
    totals = table.drop_duplicates("code")["all"].to_list()
    assert totals == sorted(totals, reverse=True)
    assert (table.groupby("code")["clusters"].sum() == table.groupby("code")["all"].first()).all()


def test_members_are_counted_by_their_own_seat(view, members):
    table, coverage = map_tables(view)
    seat = view.assessment.register.organisations["nuts3"]
    everyone = set().union(*members.values())
    counts: dict[str, int] = {}
    for one in everyone:
        if pd.notna(seat[one]):
            counts[seat[one]] = counts.get(seat[one], 0) + 1
    assert dict(zip(table["region"], table["organisations"], strict=True)) == counts
    row = coverage.iloc[0]
    assert table.loc[table["drawn"], "organisations"].sum() + row["unknown"] + row["without_point"] + row["outside"] == len(everyone)
    assert row["without_point"] == counts["LT024"]
    assert table.loc[table["region"] == "LT011", "clusters"].item() == sum(any(seat[one] == "LT011" for one in of) for of in members.values())


def test_shared_members(view, members):
    table, pairs = shared_tables(view)
    name = view.assessment.register.clusters["name"]
    of = {one: sorted(name[k] for k, group in members.items() if one in group) for one in set().union(*members.values())}
    assert dict(zip(table["organisation"], table["clusters"], strict=True)) == {one: names for one, names in of.items() if len(names) > 1}
    both = {(name[a], name[b]): len(members[a] & members[b]) for a, b in itertools.combinations(sorted(members), 2) if members[a] & members[b]}
    assert {(a, b): n for a, b, n in pairs[["cluster", "other", "shared"]].itertuples(index=False)} == both


def test_money_is_the_mean_of_clusters(view, assigned):
    table, each = funding_tables(view)
    rows = view.assessment.register.funding.query("2023 <= year <= 2025")
    shares = {}
    for cluster in view.clusters.index:
        of = rows[rows["cluster"] == cluster]
        total = of["amount_eur"].sum()
        shares[cluster] = of.loc[of["source"] == "members", "amount_eur"].sum() / total if total else math.nan
    assert each.set_index("cluster")["members_share"].to_dict() == pytest.approx(shares, nan_ok=True)
    for row in table.to_dict("records"):
        known = [share for cluster, share in shares.items() if assigned[cluster] == row["rank"] and not math.isnan(share)]
        assert row["known"] == len(known)
        assert row["members_share"] == pytest.approx(np.mean(known))
        assert sum(row[f"{source}_share"] for source in ("members", "state", "municipal", "eu", "other")) == pytest.approx(1)
    assert table["clusters"].sum() == len(view.clusters)


def test_gaps_say_which_sheet_would_answer(view):
    table, criteria = gaps_tables(view)
    met = view.assessment.criteria
    for row in criteria.to_dict("records"):
        of = met[met["criterion"] == row["criterion"]]["met"]
        assert (row["unknown"], row["meets"]) == (of.isna().sum(), (of == True).sum())  # noqa: E712
        assert row["unknown"] + row["meets"] + row["not_met"] == len(view.clusters)
        assert pd.isna(row["places"]) == (row["unknown"] == 0)
    rows = table.set_index(["sheet", "column"])
    assert rows.loc[("clusters", "governance"), ["clusters", "deciding", "cells", "criteria"]].to_list() == [1, 1, 1, "F2"]
    declared = rows.loc[("member_facts", "rd_declared or rd_eur")]
    assert declared["criteria"] == "D4, M3"
    assert declared["names"] == "Bitvale Cybersecurity Cluster; Clayhill Construction Cluster"
    empty = view.assessment.register.clusters["joint_since"].reindex(view.clusters.index).isna()
    assert rows.loc[("clusters", "joint_since"), "clusters"] <= empty.sum()


def test_headlines_and_findings_of_the_example(exhibits, view):
    assert {key: plain(exhibit.headline) for key, exhibit in exhibits.items()} == {
        "country-levels": "Five of 13 clusters are developing or mature; in 2016 one of 7",
        "country-clusters": exhibits["country-clusters"].headline,  # its number is counted below
        "country-moves": "From year to year 70 of 85 levels stay, 12 rise, 3 fall",
        "country-short": "Eight of 11 clusters below the top are one criterion short",
        "country-sectors": "Four of 10 sectors have a cluster that is developing or mature",
        "country-regions": "Three of 9 regions have a cluster that is developing or mature",
        "country-map": "Vilniaus apskritis has 30 of 99 member organisations",
        "country-shared": "Three of 99 member organisations are in several clusters",
        "country-candidates": exhibits["country-candidates"].headline,
        "country-funding": "Members pay 37 % of the money at the upper levels, 46 % below",
        "country-gaps": "Missing data leave two of 13 levels open",
    }
    warned = view.monitoring.warnings.query("year == 2025")["cluster"].nunique()
    findings = country_findings(view)
    assert [finding.value for finding in findings] == ["5 of 13", f"{warned} of 13", "70 of 85", "8 of 11", "2", "2 of 13"]
    assert findings[4].sentence == "clusters lack nothing but strategy (D3) for a higher level; as many nothing but members with R&D (M3)."
    assert all(finding.figure in exhibits for finding in findings)
    assert [value for value, _ in country_facts(view)] == ["13", "99", "12", "2", "2", "21"]
    n = len(view.comparison.not_registered)
    assert len(exhibits["country-candidates"].tables["country_candidates"]) == n


def test_prose_of_the_example(exhibits):
    assert plain(exhibits["country-levels"].prose) == (
        "31 December 2025: 2 mature, 3 developing, 3 formed, 4 emerging, 1 not a cluster. Missing data leave the levels of two clusters open."
    )
    assert plain(exhibits["country-short"].prose) == (
        "The commonest are strategy (D3, for developing) and members with R&D (M3, for mature): 2 clusters each would have a higher level if it were met. "
        "Of the eight, one lacks only data."
    )
    assert plain(exhibits["country-moves"].reading).startswith("Emerging was followed by emerging 12 of 17 times: an estimated share of 62 %")


def test_what_is_ours_never_passes_for_the_law(exhibits):
    for key, exhibit in exhibits.items():
        words = f"{exhibit.headline} {exhibit.prose} {exhibit.lead} {exhibit.caption} {exhibit.reading} {exhibit.alt}".lower()
        assert not re.search(r"\b(fail\w*|rank\w*|score\w*|impact\w*|because|leads? to|drives?|boosts?|causes?|thanks to)\b", words), key
        if key not in {"country-map", "country-shared", "country-candidates"}:
            assert "by our operationalisation" in exhibit.caption, key
        assert "2025" in exhibit.caption
        assert "n = " in exhibit.caption


def test_every_figure_can_be_drawn(exhibits, check_drawing):
    for exhibit in exhibits.values():
        check_drawing(exhibit)
        assert exhibit.section in SECTIONS


def test_the_same_twice(view, exhibits):
    for again in country_exhibits(view):
        before = exhibits[again.key]
        assert (again.headline, again.prose, again.caption, again.reading) == (before.headline, before.prose, before.caption, before.reading)
        for name, table in again.tables.items():
            pd.testing.assert_frame_equal(table, before.tables[name])


@given(st.lists(st.text(max_size=60), unique=True, max_size=30))
def test_slugs_are_safe_and_differ(ids):
    slugs = [slug(one) for one in ids]
    assert len({one.casefold() for one in slugs}) == len(ids)
    assert all(one.isascii() and one.replace("-", "").replace("_", "").replace(".", "").isalnum() and len(one) < 64 for one in slugs)


@pytest.mark.parametrize("name", ["con", "CON", "LPT1", "..", "a/b", "", "C01.html", "ß", "K" * 300])
def test_slugs_of_names_that_no_file_may_have(name):
    assert slug(name).split(".")[0].upper() not in {"CON", "LPT1", ""}
    assert "/" not in slug(name)
    assert slug("C01") == "C01"
