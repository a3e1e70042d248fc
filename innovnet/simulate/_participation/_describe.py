"""The words of the participation model for its ODD description; its numbers come from its parameters."""

from collections.abc import Mapping

from innovnet.simulate._card import Card

PURPOSE = """What makes small and medium-sized firms take part in cooperation networks and clusters, what does support change, and what does taking part do to their
competitiveness? Firms with scarce management time search for partners through four channels, both sides must want a tie, ties carry knowledge, knowledge and ties
raise the hazard of innovating, innovations raise productivity, productivity decides growth, export and survival.

Patterns that the model is judged by: about a third of innovative firms cooperate, rising with size; skewed degrees, hubs are R&D bodies and large firms;
clustering hundreds of times that of a random graph; the share of innovators by size; productivity of the 90th percentile within a sector two to four times that of the 10th;
8 to 9 % of firms exit in a year, fewer with age and size; exporters' share rises with size; the size distribution stays; a naive comparison of participants with
others overstates the effect several times, and in the null world (`network_effect=0`) the whole difference is selection; support makes ties that fade after it ends."""

ENTITIES = """*Places*: a fixed number of rows, sorted by region and sector, R&D bodies last in each region. A place holds one firm at a time; when it exits, an entrant of the
same region, sector and niche takes it, with a new id that is never used again. *Firms*: knowledge in eight fields, employees, log productivity, quality (constant, unobserved), what was
learnt, histories of innovating and of having partners, exporter or not, age, cluster. *R&D bodies* (universities, institutes, public and other bodies): knowledge, time for partners; they neither
innovate nor compete and never exit. *Ties*: between two firms or a firm and a body; start, trust, how they met, project that locks them. *Clusters*: members (firms),
coordinator, governance, money by source. Scales: one step is a year; space is a region with distances between regions; as many firms as the population has."""

PROCESS = """Each year, in this order: (1) policy instruments introduce firms, relieve costs, lock projects, support innovating and exporting; (2) firms and bodies search; (3) they propose
and consent, and ties form the same year; (4) partners learn from each other in meetings; (5) firms innovate and their productivity moves; (6) they grow, export, exit and are
replaced; (7) ties end; (8) clusters form, admit, lose members and dissolve, and their maturity is computed by the rules of `innovnet.clusters`, which nothing in the model
but an instrument reads. Every step has two phases: all decide on last phase's state, then all change, so no order of firms matters."""

CONCEPTS = """*Emergence*: who takes part, degrees, clustering, clusters and their maturity. *Adaptation and objectives*: a multinomial logit over the candidates seen and over staying alone; consent by
the same value. *Learning*: barter between firms, gifts by R&D bodies. *Sensing*: firms see candidates' knowledge, size and location, not their quality. *Interaction*: ties, meetings,
competition for the sector's labour. *Stochasticity*: every draw is a function of seed, purpose, year and actor, so that two scenarios differ only by what a policy causes; a normal number is the sum of eight uniform ones (kurtosis 2.85, within 4.9).
*Collectives*: clusters. *Observation*: a summary each year; a panel of all firms on request; true effects, which only a simulation knows."""

INITIALIZATION = """A population (firms and R&D bodies with employees, sector, region, country) and its ties, if any. Quality is standard normal; productivity is drawn from its stationary distribution around quality;
knowledge is at the own level. Ties that are older than the simulation have trust of one half. Without ties 30 years are passed before anything is compared (burn-in), without policies. [assumption]"""

INPUT = """None after the start: no business cycle, no prices, no policy but the instruments."""

SUBMODELS = """**Search.** The number of searches is Poisson with rate `rate E^size exp(selection q) (innovator if innovated in the last 3 years) (1 + d)^experience`, at most 8 and
what time allows. A search sees a partner's partner, a fellow of the cluster and `n_chance` organisations met by chance: in a region drawn by `exp(-distance/decay) n border_meet^[abroad]`, a body
with `body_share`, else a firm of the own sector with `same_sector`, the largest of `seen`.

**Decide.** `V_ij = intercept + fit 4 o (1 - o) + gain g/(1 + g) + embeddedness e + arranged [introduced, no fellow] + mission [i is a body] - cost (1 - relief) min(1, days/free_i) - distance [other region] - border [other country]`,
o the overlap Σ min / Σ max of the two knowledge vectors, g what j knows better over what i knows, e = 1 for a partner's partner and `fellows` for a fellow. i proposes by a logit over candidates and staying alone, j consents if V_ji plus a logistic draw is positive and it has time.

**Learn.** In each of `rounds` rounds a firm points at one partner; pairs that point at each other meet and trade as many fields each way as the poorer side can offer, closing `absorption` of each gap; a body gives every field to the firm that points at it. Then knowledge moves by `renewal` towards the own level.

**Innovate.** `ln λ = ln base + size ln E + quality q + support + N`, `N = know κ + ties ln(1 + d + indirect r)`, κ the log of knowledge over own knowledge, r the sum over partners of min(20, d_j - 1).
Log productivity is `z ← persistence z + (1 - persistence) quality_z q + jump [innovated] + shock ε`; days given to partners are not worked.

**Compete.** A firm exports if `z~ + export_size ln E + spill [a partner exported last year] + relief > export_threshold - hysteresis [exporter]`. It exits with hazard `exit_base E^-exit_size (1 + age)^-exit_age exp(-exit_productivity (z~ - mean))`.
Employees follow replicator dynamics with a niche, `w = E exp(select (z~ - mean) - revert ln(E/E*))`, entrants start at `entry_size E*`, and each sector's total is kept.

**Ties end** if a partner exited, else with probability `logistic(end_0 - end_trust trust - end_fit 4 o (1 - o))`; trust rises in a year in which either side innovates and falls in others.

**Clusters.** A firm outside clusters with at least `min_members - 1` independent partners outside clusters in its country founds one with probability `found`; others join with `1 - (1 - admit)^n` for n ties to members, leave with
`leave_0 exp(-leave_ties n)`; below three members a cluster dissolves. Governance is adopted with probability `govern` a year.

**Maturity.** A tie is one event per calendar year in which it lived; the coordinator is the founder or, after its exit, the member of longest standing; strategy is governance of two years; R&D is innovating in the last three years; what cannot be derived is unknown. [assumptions]"""


CARDS = (
    Card(
        "Nine values of the steps, worked out by hand: worth of a tie, barter, the lasting level of who learns from one R&D body, odds of innovating, market shares, odds of exit, "
        "odds that a tie ends, thresholds of exporting, ties that there is time for.",
        "the equations of this description",
        "",
        "derived",
        "single precision",
        "",
        "tests/simulate/test_meet.py, test_learn.py, test_innovate.py, test_compete.py, test_part.py, test_choice.py",
    ),
    Card(
        "Written three more times, in numpy, Mesa and mesa-frames, without a look at these kernels, the model has the same moments.",
        "benchmarks/peers",
        "",
        "measured",
        "14 moments within 4 standard errors",
        "10 to 100 runs of 2,000 firms over 20 years, in both settings",
        "tests/simulate/test_peers.py",
    ),
    Card(
        "In the null world taking part has no effect, whatever the policy, bit for bit; yet participants innovate more than others, and a regression on size and sector says that they would.",
        "the equations of this description",
        "",
        "derived",
        "0 exactly; the naive contrast above 0",
        "4 runs of 60,000 firms",
        "tests/simulate/test_two_worlds.py, test_whole_limits.py",
    ),
    Card(
        "Patterns of surveys and of business demography (about a third of innovative firms cooperate, more of larger ones; innovators by size; exits; survival of new firms; productivity within sectors; hubs; clustering).",
        "the targets of innovnet.simulate.targets()",
        "",
        "text",
        "2 standard deviations over seeds, where a target can be met",
        "year 36 of 60,000 firms",
        "tests/simulate/test_calibrate.py",
    ),
)


def described() -> Mapping[str, str]:
    """The seven elements by name."""
    return {
        "purpose": PURPOSE,
        "entities": ENTITIES,
        "process": PROCESS,
        "concepts": CONCEPTS,
        "initialization": INITIALIZATION,
        "input": INPUT,
        "submodels": SUBMODELS,
    }
