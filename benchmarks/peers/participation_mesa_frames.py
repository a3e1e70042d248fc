"""Participation in mesa-frames: the actors are a set in a polars frame (row = place), ties a frame beside it, a year is a sequence of ``do``.

Ties and what is drawn of several fields at once are beyond mesa-frames' own methods: they are plain polars, and numpy where fields are drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF
from polars import col
from world import DAYS, DEFAULT, FIELDS, LEAST, SEARCHES, World, qualities, quantiles, table, world

if TYPE_CHECKING:
    import innovnet as inn

V, OWN = [f"v{k}" for k in range(FIELDS)], [f"own{k}" for k in range(FIELDS)]
FACTS = [*V, "total", "burden", "body", "region", "country"]


def run(population: inn.Network, parameters: dict[str, float] = DEFAULT, *, steps: int, seed: int) -> pd.DataFrame:
    """The moments by year."""
    model = Participation(world(population, parameters), parameters, seed)
    for _ in range(steps):
        model.step()
    return table(model.moments)


class Actors(AgentSetPolars):
    """Firms and R&D bodies."""

    def __init__(self, model: Participation, places: World) -> None:
        super().__init__(model)
        size = np.log(places.employees)
        self += pl.DataFrame(
            {
                "unique_id": np.arange(places.n),
                "employees": places.employees,
                "size": size,
                "niche": size,
                "body": places.body,
                "sector": places.sector,
                "region": places.region,
                "country": places.country,
            }
        )
        start = {"history": 0, "exporter": False, "exited": False, "learned": 0.0, "degree": 0}
        self.agents = self.agents.with_columns(
            *(pl.lit(value).alias(name) for name, value in start.items()),
            pl.lit(-1, dtype=pl.Int64).alias("cluster"),
            *self.model.born(self.agents["sector"].to_numpy(), 0.0),
            birth=pl.Series(-places.age),
        )

    def step(self) -> None:
        """The stages of a year."""
        self.search()
        new = self.model.connect(self.model.propose())
        self.model.learn()
        self.innovate()
        self.compete()
        self.model.end()
        self.model.cluster()
        self.model.measure(new)

    def search(self) -> None:
        """How many searches; what a tie costs each of its time."""
        p, rng = self.model.p, self.model.random
        days = p["ties.days_per_tie"]
        slack = p["ties.slack_0"] * (p["ties.slack_size"] * col("size")).exp() * pl.when("body").then(p["ties.body_slack"]).otherwise(1.0)
        rate = (math.log(p["search.rate"]) + p["search.size"] * col("size") + p["search.selection"] * col("quality")).exp()
        rate = rate * pl.when(col("history") % 8 > 0).then(p["search.innovator"]).otherwise(1.0) * (1.0 + col("degree")) ** p["search.experience"]
        drawn = pl.Series(rng.poisson(self.agents.select(rate).to_series().to_numpy()))
        self.agents = self.agents.with_columns(
            burden=(days / (slack - days * col("degree")).clip(days)).clip(0, 1),
            free=(slack / days).floor().cast(pl.Int64) - col("degree"),
        ).with_columns(searches=pl.min_horizontal(drawn, SEARCHES, col("free").clip(0)))

    def innovate(self) -> None:
        """What was learned, renewal, innovation, productivity."""
        p, rng, n = self.model.p, self.model.random, len(self.agents)
        keep = p["innovation.persistence"]
        ties = self.model.half.with_columns(reach=(self.agents["degree"].gather(self.model.half["j"]).cast(pl.Int64) - 1).clip(0, 20))
        indirect = ties.group_by("i").agg(col("reach").sum())
        network = p["innovation.know"] * col("learned") + p["innovation.ties"] * (col("degree") + p["innovation.indirect"] * col("reach").fill_null(0)).log1p()
        exponent = p["innovation.size"] * col("size") + p["innovation.quality"] * col("quality") + p["network_effect"] * network
        innovated = (pl.Series(rng.standard_exponential(n)) < p["innovation.base"] * exponent.exp()) & ~col("body")
        z = keep * col("z") + (1 - keep) * p["innovation.quality_z"] * col("quality") + p["innovation.jump"] * col("innovated")
        self.agents = (
            self.agents.join(indirect, left_on="unique_id", right_on="i", how="left", maintain_order="left")
            .with_columns(learned=(pl.sum_horizontal(V) / col("own")).log())
            .with_columns(*(col(v) + p["learning.renewal"] * (col(own) - col(v)) for v, own in zip(V, OWN, strict=True)), innovated=innovated)
            .with_columns(
                total=pl.sum_horizontal(V),
                history=(col("history") * 2 + col("innovated").cast(pl.Int32)) % 256,
                z=z + p["innovation.shock"] * pl.Series(rng.standard_normal(n)),
            )
            .drop("reach")
        )

    def compete(self) -> None:
        """Export, exit, growth, entry."""
        p, rng, n = self.model.p, self.model.random, len(self.agents)
        half = self.model.half.filter(self.agents["exporter"].gather(self.model.half["j"]))
        effective = col("z") - p["network_effect"] * p["ties.days_per_tie"] * col("degree") / (DAYS * col("employees"))
        pull = col("effective") + p["market.export_size"] * col("size") + p["network_effect"] * p["market.spill"] * col("spill")
        age = self.model.year - col("birth")
        hazard = (
            p["market.exit_base"]
            * (-p["market.exit_size"] * col("size") - p["market.exit_age"] * age.log1p() - p["market.exit_productivity"] * col("lead")).exp()
        )
        stays = (col("size") + p["market.select"] * col("lead") - p["market.revert"] * (col("size") - col("niche"))).exp()
        weight = pl.when("exited").then(p["market.entry_size"] * col("niche").exp()).otherwise(stays)
        self.agents = (
            self.agents.with_columns(
                effective=effective,
                mean=(col("employees") * col("z")).sum().over("sector") / col("employees").sum().over("sector"),
                spill=col("unique_id").is_in(half["i"].unique().implode()),
            )
            .with_columns(
                exporter=(pull > p["market.export_threshold"] - p["market.hysteresis"] * col("exporter")) & ~col("body"),
                lead=col("effective") - col("mean"),
            )
            .with_columns(exited=(pl.Series(rng.standard_exponential(n)) < hazard) & ~col("body"))
            .with_columns(weight=weight)
            .with_columns(employees=pl.when("body").then("employees").otherwise(col("weight") * (col("employees").sum() / col("weight").sum()).over("sector")))
            .with_columns(size=col("employees").log())
        )
        out = self.agents.filter("exited")
        start = {"history": 0, "exporter": False, "learned": 0.0, "birth": float(self.model.year)}
        entrants = out.select(
            "unique_id",
            *(pl.lit(value, dtype=self.agents.schema[name]).alias(name) for name, value in start.items()),
            pl.lit(-1, dtype=pl.Int64).alias("cluster"),
            *self.model.born(out["sector"].to_numpy(), out["mean"].to_numpy() - p["market.entry_gap"]),
        )
        self.agents = self.agents.update(entrants, on="unique_id")


class Participation(ModelDF):
    """The year as a sequence of stages."""

    def __init__(self, places: World, parameters: dict[str, float], seed: int) -> None:
        super().__init__(seed)
        self.world, self.p, self.year, self.founded = places, parameters, 0, 0
        self.noise = quantiles(parameters["learning.spread"])
        self.agents += Actors(self, places)
        self.set = self.get_agents_of_type(Actors)
        self.ties = pl.DataFrame(schema={"low": pl.Int64, "high": pl.Int64, "trust": pl.Float64})
        self.half = pl.DataFrame(schema={"i": pl.Int64, "j": pl.Int64})
        self.moments: list[dict[str, float]] = []

    def born(self, sector: np.ndarray, mean: np.ndarray | float) -> list[pl.Series]:
        """Columns of actors that begin: quality, productivity, knowledge."""
        p, rng, n = self.p, self.random, len(sector)
        quality = qualities(rng, n)
        spread = p["innovation.shock"] / math.sqrt(1 - p["innovation.persistence"] ** 2)
        z = mean + p["innovation.quality_z"] * quality + spread * rng.standard_normal(n)
        level = self.world.profile[sector] * np.exp(p["learning.quality_k"] * quality)[:, None]
        own = (level * self.noise[rng.integers(0, 256, (n, FIELDS))]).T.copy()
        total = own.sum(0)
        columns = {"quality": quality, "z": z, **dict(zip(V, own, strict=True)), **dict(zip(OWN, own, strict=True)), "own": total, "total": total}
        return [pl.Series(name, values) for name, values in columns.items()]

    def step(self) -> None:
        """One year."""
        self.year += 1
        self.agents.do("step")

    def propose(self) -> pl.DataFrame:
        """Proposals: i, j, embeddedness."""
        searches = (
            self.set.agents.filter(col("searches") > 0)
            .select(i="unique_id", number=pl.int_ranges("searches"))
            .explode("number", empty_as_null=True)
            .with_row_index("row")
        )
        met = self.met(searches)
        met = met.with_columns(score=self.value(met["i"], met["j"], met["e"]) + pl.Series(self.random.gumbel(size=len(met))))
        alone = pl.Series(self.random.gumbel(size=len(searches)))
        met = met.filter(col("score") > alone.gather(met["row"])).sort("score", descending=True)
        made = met.filter(col("number") == 0).unique("row", keep="first")
        for number in range(1, int(searches["number"].max() or 0) + 1):
            more = met.filter(col("number") == number).join(made, on=["i", "j"], how="anti", maintain_order="left")
            made = pl.concat([made, more.unique("row", keep="first")])
        return made.select("i", "j", "e").sort("i", "j")

    def met(self, searches: pl.DataFrame) -> pl.DataFrame:
        """Whom each search meets: row, number, i, j, e."""
        p = self.p
        offset = self.set["degree"].cum_sum() - self.set["degree"]
        linked = searches.filter(self.set["degree"].gather(searches["i"]) > 0)
        partner = self.pick(self.half["j"], offset.gather(linked["i"]), self.set["degree"].gather(linked["i"]))
        more = self.set["degree"].gather(partner) > 1
        linked, partner = linked.filter(more), partner.filter(more)
        found = [linked.with_columns(j=self.another(linked["i"], self.half["j"], offset.gather(partner), self.set["degree"].gather(partner)), e=pl.lit(1.0))]
        if self.founded:
            members = self.set.agents.select("unique_id", "cluster").filter(col("cluster") >= 0).sort("cluster", "unique_id")
            sizes = members.group_by("cluster").len().sort("cluster").with_columns(start=col("len").cum_sum() - col("len"))
            inside = searches.with_columns(cluster=self.set["cluster"].gather(searches["i"])).filter(col("cluster") >= 0)
            start, size = sizes["start"].gather(inside["cluster"]), sizes["len"].gather(inside["cluster"])
            fellow = self.another(inside["i"], members["unique_id"], start, size)
            found.append(inside.drop("cluster").with_columns(j=fellow, e=pl.lit(p["decision.fellows"])))
        found += [self.chance(searches) for _ in range(p["search.n_chance"])]
        body = self.set["body"]
        met = pl.concat([frame.select("row", "number", "i", "j", "e") for frame in found]).filter(col("i") != col("j"))
        met = met.filter(~(body.gather(met["i"]) & body.gather(met["j"])))
        return met.join(self.half, on=["i", "j"], how="anti", maintain_order="left").unique(["row", "j"], keep="first", maintain_order=True)

    def pick(self, lists: pl.Series, start: pl.Series, size: pl.Series) -> pl.Series:
        """An element at random of each list."""
        at = pl.Series(self.random.random(len(start)))
        return lists.gather((start + (at * size).cast(pl.Int64)).cast(pl.Int64))

    def another(self, one: pl.Series, lists: pl.Series, start: pl.Series, size: pl.Series) -> pl.Series:
        """An element at random of each list other than ``one``, which is in it; the lists have two or more."""
        at = self.pick(lists, start, size - 1)
        return pl.select(pl.when(at == one).then(lists.gather((start + size - 1).cast(pl.Int64))).otherwise(at)).to_series()

    def chance(self, searches: pl.DataFrame) -> pl.DataFrame:
        """The largest of a few places of a near region."""
        p, w, rng, n = self.p, self.world, self.random, len(searches)
        i = searches["i"].to_numpy()
        regions, width = len(w.reach), w.sectors + 1
        region = np.searchsorted((w.reach + np.arange(regions)[:, None]).ravel(), w.region[i] + rng.random(n)) % regions
        body = rng.random(n) < p["search.body_share"]
        own = ~body & (rng.random(n) < p["search.same_sector"]) & (w.sector[i] < w.sectors)
        first = region * width + np.where(body, w.sectors, np.where(own, w.sector[i], 0))
        last = np.where(body | own, first + 1, region * width + w.sectors)
        start, size = w.block[first], w.block[last] - w.block[first]
        some = np.flatnonzero(size)
        seen = start[some, None] + (rng.random((len(some), p["search.seen"])) * size[some, None]).astype(np.int64)
        employees = self.set["employees"].to_numpy()[seen]
        largest = np.take_along_axis(seen, employees.argmax(1)[:, None], 1)[:, 0]
        return searches[some].with_columns(j=pl.Series(largest), e=pl.lit(0.0))

    def pairs(self, i: pl.Series, j: pl.Series) -> pl.DataFrame:
        """What both ends of pairs are, and the sum of what both know and the fit of it."""
        facts = self.set.agents.select(FACTS)
        one, other = facts[i], facts[j]
        both = pl.concat([one, other.rename({name: f"{name}_j" for name in FACTS})], how="horizontal")
        shared = pl.sum_horizontal(pl.min_horizontal(v, f"{v}_j") for v in V)
        overlap = col("both") / (col("total") + col("total_j") - col("both"))
        return both.lazy().with_columns(both=shared).with_columns(fit=4 * overlap * (1 - overlap)).collect()

    def value(self, i: pl.Series, j: pl.Series, e: pl.Series) -> pl.Series:
        """What a tie to j is worth to i."""
        p = self.p
        gain = (col("total_j") - col("both")) / col("total")
        return (
            self.pairs(i, j)
            .select(
                p["decision.intercept"]
                + p["decision.fit"] * col("fit")
                + p["decision.gain"] * gain / (1 + gain)
                + p["decision.embeddedness"] * e
                + p["decision.mission"] * col("body")
                - p["decision.cost"] * col("burden")
                - p["decision.distance"] * (col("region") != col("region_j"))
                - p["decision.border"] * (col("country") != col("country_j"))
            )
            .to_series()
        )

    def connect(self, proposals: pl.DataFrame) -> int:
        """Consent, and the new ties among the old ones; how many there are."""
        back = proposals.select(i="j", j="i")
        mutual = proposals.join(back, on=["i", "j"], how="semi").filter(col("i") < col("j"))
        asked = proposals.join(back, on=["i", "j"], how="anti", maintain_order="left")
        liking = self.value(asked["j"], asked["i"], asked["e"]) + pl.Series(self.random.logistic(size=len(asked)))
        room = (self.set["free"] - self.set["searches"]).gather(asked["j"])
        asked = asked.with_columns(liking=liking, room=room).filter(col("liking") > 0)
        asked = asked.filter(col("liking").rank("ordinal", descending=True).over("j") <= col("room"))
        new = pl.concat([mutual, asked.select("i", "j", "e")]).select(low=pl.min_horizontal("i", "j"), high=pl.max_horizontal("i", "j"), trust=pl.lit(0.0))
        self.keep(pl.concat([self.ties, new]))
        return len(new)

    def keep(self, ties: pl.DataFrame) -> None:
        """The ties are these."""
        self.ties = ties.sort("low", "high")
        self.half = pl.concat([self.ties.select(i="low", j="high"), self.ties.select(i="high", j="low")]).sort("i", "j")
        degree = np.bincount(self.half["i"].to_numpy(), minlength=self.world.n)
        self.set.agents = self.set.agents.with_columns(degree=pl.Series(degree))

    def learn(self) -> None:
        """Meetings of pairs that both draw first, and of firms with bodies they draw first."""
        n, absorption, band = len(self.ties), self.p["learning.absorption"], 1 + self.p["learning.band"]
        low, high, body = self.ties["low"], self.ties["high"], self.set["body"]
        for _ in range(self.p["learning.rounds"]):
            word = pl.Series(self.random.random(n))
            ends = pl.DataFrame({"end": pl.concat([low, high]), "word": pl.concat([word, word])})
            drawn = ends.select(col("word") == col("word").min().over("end")).to_series()
            meets = pl.DataFrame(
                {"low": low, "high": high, "first": drawn[:n], "second": drawn[n:], "body_low": body.gather(low), "body_high": body.gather(high)}
            )
            pair = meets.filter("first", "second", ~col("body_low"), ~col("body_high"))
            taught = pl.concat(
                [
                    meets.filter("first", "body_high").select(pupil="low", source="high"),
                    meets.filter("second", "body_low").select(pupil="high", source="low"),
                ]
            )
            v = self.set.agents.select(V)
            one, other = v[pair["low"]].to_numpy(), v[pair["high"]].to_numpy()
            gives, takes = one > band * other, other > band * one
            number = np.minimum(gives.sum(1), takes.sum(1))[:, None]
            given, taken = (np.where(side, self.random.random(side.shape), 2).argsort(1).argsort(1) < number for side in (gives, takes))
            old, source = v[taught["pupil"]].to_numpy(), v[taught["source"]].to_numpy()
            rows = pl.concat([pair["low"], pair["high"], taught["pupil"]])
            values = np.concatenate(
                [
                    one + absorption * np.where(taken, other - one, 0),
                    other + absorption * np.where(given, one - other, 0),
                    old + absorption * np.where(source > band * old, source - old, 0),
                ]
            )
            self.set.agents = self.set.agents.with_columns(v[name].scatter(rows, pl.Series(values[:, k].copy())) for k, name in enumerate(V))

    def end(self) -> None:
        """Trust, and ties that end."""
        p, low, high = self.p, self.ties["low"], self.ties["high"]
        innovated, exited = self.set["innovated"], self.set["exited"]
        odds = p["ties.end_0"] - p["ties.end_trust"] * col("trust") - p["ties.end_fit"] * self.pairs(low, high)["fit"]
        ties = self.ties.with_columns(
            trust=pl.when(innovated.gather(low) | innovated.gather(high))
            .then(col("trust") + p["ties.trust_up"] * (1 - col("trust")))
            .otherwise(col("trust") * (1 - p["ties.trust_down"]))
        )
        live = (pl.Series(self.random.logistic(size=len(ties))) >= odds) & ~exited.gather(low) & ~exited.gather(high)
        self.keep(ties.filter(live).with_columns(trust=(col("trust") * 255).round() / 255))

    def cluster(self) -> None:
        """Clusters are founded, admit, are left and dissolve."""
        p, rng = self.p, self.random
        actors = self.set.agents.select("unique_id", "cluster", "country", "body")
        before = actors["cluster"]
        member = actors.filter(col("cluster") >= 0)
        ends = self.half.with_columns(
            own=before.gather(self.half["i"]),
            other=before.gather(self.half["j"]),
            firms=~(actors["body"].gather(self.half["i"]) | actors["body"].gather(self.half["j"])),
            near=actors["country"].gather(self.half["i"]) == actors["country"].gather(self.half["j"]),
        )
        inside = ends.filter(col("own") >= 0, col("own") == col("other")).group_by("i").len("ties")
        member = member.join(inside, left_on="unique_id", right_on="i", how="left", maintain_order="left")
        stay = pl.Series(rng.random(len(member))) >= p["clusters.leave_0"] * (-p["clusters.leave_ties"] * col("ties").fill_null(0).cast(pl.Float64)).exp()
        free = ends.filter("firms", col("own") < 0, col("other") < 0)
        founder = free.filter("near").group_by("i").len("ties").filter(col("ties") >= p["clusters.min_members"] - 1).sort("i")
        founder = founder.filter(pl.Series(rng.random(len(founder))) < p["clusters.found"])
        founder = founder.select(founder="i", number=pl.Series(rng.permutation(len(founder)), dtype=pl.Int64))
        claims = free.filter("near").join(founder, left_on="j", right_on="founder").select("i", founder="j", number="number")
        claims = pl.concat([claims, founder.select(i="founder", founder="founder", number="number")]).sort("number").unique("i", keep="first")
        won = claims.group_by("founder").agg(col("i").len().alias("size"), (col("i") == col("founder")).any().alias("itself"))
        won = won.filter("itself", col("size") >= p["clusters.min_members"]).sort("founder").with_row_index("cluster", offset=self.founded)
        new = claims.join(won, on="founder").select(unique_id="i", cluster=col("cluster").cast(pl.Int64))
        cluster = before.scatter(new["unique_id"], new["cluster"])
        into = ends.select("i", own=cluster.gather(ends["i"]), body=actors["body"].gather(ends["i"]), cluster="other")
        into = into.filter(col("own") < 0, col("cluster") >= 0, ~col("body"))
        into = (
            into.with_columns(u=pl.Series(rng.random(len(into))))
            .sort("u")
            .group_by("i", maintain_order=True)
            .agg(pl.len().alias("ties"), col("cluster").first())
        )
        joins = into.filter(pl.Series(rng.random(len(into))) < 1 - (1 - p["clusters.admit"]) ** col("ties").cast(pl.Float64))
        cluster = cluster.scatter(joins["i"], joins["cluster"])
        cluster = cluster.scatter(member.filter(~stay)["unique_id"], -1)
        kept = pl.DataFrame({"cluster": cluster}).filter(col("cluster") >= 0).group_by("cluster").len().filter(col("len") >= LEAST).sort("cluster")
        renumbered = kept.select("cluster").with_row_index("name")
        cluster = pl.DataFrame({"cluster": cluster}).join(renumbered, on="cluster", how="left", maintain_order="left")["name"]
        self.founded = len(kept)
        self.set.agents = self.set.agents.with_columns(cluster=cluster.cast(pl.Int64).fill_null(-1))

    def measure(self, new: int) -> None:
        """The moments of the year."""
        firms, bodies = self.set.agents.filter(~col("body")), self.set.agents.filter("body")
        partner, large = col("degree") > 0, col("employees") >= 10
        row = firms.select(
            participation=partner.mean(),
            ties=pl.lit(len(self.ties)),
            ties_new=pl.lit(new),
            mean_degree_participants=col("degree").filter(partner).mean(),
            mean_degree_bodies=pl.lit(bodies["degree"].mean()),
            innovation_rate=col("innovated").mean(),
            innovative_3y_10=(col("history").filter(large) % 8 > 0).mean(),
            export_share=col("exporter").mean(),
            survival=1 - col("exited").mean(),
            clusters=pl.lit(self.founded),
            cluster_members=(col("cluster") >= 0).sum(),
            log_productivity_sd=col("z").std(ddof=0),
            learned=col("learned").mean(),
            market_share_participants=col("employees").filter(partner).sum() / col("employees").sum(),
        )
        self.moments.append(row.row(0, named=True))
