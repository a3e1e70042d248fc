"""One pass over a run of places and their ties: all that a year's summary needs."""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet.simulate._participation._numbers import FIELDS
from innovnet.simulate._participation._state import ENDED, ENTERED, EVER, EXPORTS, Firms, Places, Ties

Counts = npt.NDArray[np.int64]
Sums = npt.NDArray[np.float64]

#: Rows of counts: the four size classes, bodies last. Columns.
BODY = 4
(HERE, PARTNERED, INNOVATED, INNOVATIVE, COOPERATING, EXPORTING, LEFT, IN_CLUSTER, DEGREE) = range(9)
COUNTED = 9
#: Columns of the counts by participation (no, yes): at the end of the year, of those who were there all year, and the last two by whether they had a tie
#: in the year.
(P_HERE, P_ALL_YEAR, P_INNOVATED, P_EXPORTING, P_STAYED, P_LEFT) = range(6)
#: Counts of live ties, each once: all, across sectors, regions, countries; and the most that a body has.
(ALL, SECTORS, REGIONS, COUNTRIES, MOST) = range(5)
#: Sums over firms: employees, those of participants, log productivity and its square, level of knowledge, what was learnt; bridging of participants.
(STAFF, STAFF_PARTICIPANTS, Z, Z2, KNOWLEDGE, LEARNED, BRIDGING) = range(7)
SUMMED = 7
#: Productivity is counted in steps of 1/64 from −4 to 4: its quantiles are read from these.
BINS, LOWEST, STEPS = 512, -4.0, 64.0
_THREE_YEARS = np.uint8(7)


@kernel
def observed(low: int, high: int, places: Places, firms: Firms, ties: Ties, most: int) -> tuple[Counts, Counts, Counts, Sums, Counts, Counts, Counts]:
    """Counts by size class, by participation, of ties, sums, productivity by sector, degrees of firms (up to ``most``), and participants by sector."""
    largest = 0
    by_size = np.zeros((BODY + 1, COUNTED), dtype=np.int64)
    by_part = np.zeros((2, 6), dtype=np.int64)
    links = np.zeros(5, dtype=np.int64)
    sums = np.zeros(SUMMED)
    bins = np.zeros((places.sectors, BINS), dtype=np.int64)
    degrees = np.zeros(most + 1, dtype=np.int64)
    by_sector = np.zeros((places.sectors + 1, 2), dtype=np.int64)
    with_sector = np.zeros(places.sectors + 1, dtype=np.int64)
    for i in range(low, high):
        sector = places.sector[i]
        begin, end = ties.indptr[i], ties.indptr[i + 1]
        degree, bridging = 0, 0.0
        if end > begin:
            region = places.region[i]
            squares = 0
            for e in range(begin, end):
                if ties.channel[e] & ENDED:
                    continue
                j = ties.other[e]
                degree += 1
                squares += 2 * with_sector[places.sector[j]] + 1
                with_sector[places.sector[j]] += 1
                if j > i:
                    links[ALL] += 1
                    links[SECTORS] += places.sector[j] != sector
                    if places.region[j] != region:
                        links[REGIONS] += 1
                        links[COUNTRIES] += places.country[places.region[j]] != places.country[region]
            for e in range(begin, end):
                with_sector[places.sector[ties.other[e]]] = 0
            bridging = 1.0 - squares / (float(degree) * float(degree)) if degree > 0 else 0.0
        part = 1 if degree > 0 else 0
        by_sector[sector, 0] += 1
        by_sector[sector, 1] += part
        if sector == places.sectors:
            by_size[BODY, HERE] += 1
            by_size[BODY, PARTNERED] += part
            by_size[BODY, DEGREE] += degree
            largest = max(largest, degree)
            continue
        staff = firms.employees[i]
        row = by_size[(staff >= 10.0) + (staff >= 50.0) + (staff >= 250.0)]
        innovated = firms.innovated[i] & np.uint8(1)
        innovative = (firms.innovated[i] & _THREE_YEARS) != 0
        exports = (firms.flags[i] & EXPORTS) != 0
        row[HERE] += 1
        row[PARTNERED] += part
        row[INNOVATED] += innovated
        row[INNOVATIVE] += innovative
        row[COOPERATING] += innovative and (firms.partnered[i] & _THREE_YEARS) != 0
        row[EXPORTING] += exports
        row[IN_CLUSTER] += firms.cluster[i] >= 0
        row[DEGREE] += degree
        degrees[degree] += 1
        sums[BRIDGING] += bridging
        if firms.flags[i] & ENTERED:
            row[LEFT] += 1
            by_part[1 if end > begin else 0, P_LEFT] += 1  # whoever left had the ties that are marked as ended
        else:
            by_part[1 if end > begin else 0, P_STAYED] += 1
            by_part[part, P_ALL_YEAR] += 1
        by_part[part, P_HERE] += 1
        by_part[part, P_INNOVATED] += innovated
        by_part[part, P_EXPORTING] += exports
        sums[STAFF] += staff
        sums[STAFF_PARTICIPANTS] += staff * part
        z = float(firms.productivity[i])
        sums[Z] += z
        sums[Z2] += z * z
        bins[sector, min(max(int((z - LOWEST) * STEPS), 0), BINS - 1)] += 1
        level = np.float32(0.0)
        for k in range(FIELDS):
            level += firms.knowledge[i, k]
        sums[KNOWLEDGE] += level / FIELDS
        sums[LEARNED] += firms.learned[i]
    links[MOST] = largest
    return by_size, by_part, links, sums, bins, degrees, by_sector


@kernel
def tie_counts(low: int, high: int, places: Places, ties: Ties, step: int, mark: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Rows of numbers for the places ``low`` to ``high``: live ties, those formed this year, with an R&D body, with another country; ties of last year's end, and those of them to the treated."""
    found = np.zeros((6, high - low), dtype=np.uint32)
    for i in range(low, high):
        at = i - low
        for e in range(ties.indptr[i], ties.indptr[i + 1]):
            j = ties.other[e]
            if ties.start[e] < step:
                found[4, at] += 1
                if len(mark):
                    found[5, at] += (mark[j] & np.uint8(EVER)) != 0
            if ties.channel[e] & ENDED:
                continue
            found[0, at] += 1
            found[1, at] += ties.start[e] == step
            found[2, at] += places.sector[j] == places.sectors
            found[3, at] += places.country[places.region[j]] != places.country[places.region[i]]
    return found


@kernel
def gini(degrees: Counts) -> float:
    """Gini coefficient of values 0, 1, 2, ... from how many have each; NaN where there is none."""
    total, before, area = 0.0, 0.0, 0.0
    for value in range(len(degrees)):
        count = float(degrees[value])
        area += count * value * (2.0 * before + count)
        before += count
        total += count * value
    return area / (before * total) - 1.0 if total > 0.0 else np.nan


@kernel
def spread(bins: Counts) -> float:
    """Ratio of productivity at the 90th to that at the 10th percentile within sectors, the mean over sectors weighted by firms; NaN where there is no firm."""
    all_firms, total = 0, 0.0
    for sector in range(len(bins)):
        n = bins[sector].sum()
        if n > 0:
            total += n * np.exp(_quantile(bins[sector], 0.9 * n) - _quantile(bins[sector], 0.1 * n))
            all_firms += n
    return total / all_firms if all_firms > 0 else np.nan


@kernel
def _quantile(row: Counts, wanted: float) -> float:
    """The value below which ``wanted`` of the counted values lie, those of a bin spread evenly over it."""
    before = 0.0
    for at in range(len(row)):
        if before + row[at] >= wanted:
            return LOWEST + (at + (wanted - before) / row[at]) / STEPS
        before += row[at]
    return LOWEST + len(row) / STEPS
