"""From values to pixels, and where to put ticks and labels."""

import math
from collections.abc import Sequence
from typing import NamedTuple


class Scale(NamedTuple):
    """A straight or logarithmic scale from [low, high] to pixels [start, end]."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value lies."""
        low, high, at = (math.log10(v) for v in (self.low, self.high, value)) if self.log else (self.low, self.high, value)
        return self.start + (self.end - self.start) * ((at - low) / (high - low) if high > low else 0.5)


def round_ticks(top: float, steps: int = 5, *, whole: bool = False) -> list[float]:
    """Round values from 0 to the first one that is not below ``top``, about ``steps`` of them."""
    if not top > 0:
        return [0.0, 1.0]
    unit = 10.0 ** math.floor(math.log10(top / steps))
    step = next(unit * k for k in (1, 2, 2.5, 5, 10) if unit * k * steps >= top * (1 - 1e-9))
    if whole:
        step = max(1.0, math.ceil(step))
    return [k * step for k in range(math.ceil(top / step - 1e-9) + 1)]


def ticks_over(low: float, high: float, steps: int = 5) -> list[float]:
    """Round values, 0 among them, that hold ``low`` <= 0 <= ``high`` between them, about ``steps`` steps."""
    step = round_ticks(high - low, steps)[1]
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [k * step for k in range(first, max(last, first + 1) + 1)]


def digits_for(step: float) -> int:
    """Decimals that tell ticks at this step apart."""
    return next((digits for digits in range(8) if abs(round(step, digits) - step) < 1e-9 * step), 8)


def log_ticks(low: float, high: float, *, fine: bool = True) -> list[float]:
    """1, 3, 10, 30, ... (only the powers of ten where not ``fine``) from ``low`` to ``high``."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = [m * 10.0**k for k in powers for m in ((1, 3) if fine else (1,))]
    return [value for value in found if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions as near to the wanted ones as a gap between neighbours allows, within [low, high] as far as there is room; in the order given."""
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], k))
    groups: list[tuple[float, int]] = []  # middle of the wanted positions of a run of labels that touch, and how many they are
    for k in order:
        middle, n = wanted[k], 1
        while True:
            half = gap * (n - 1) / 2
            middle = max(min(middle, high - half), low + half)
            if not groups or groups[-1][0] + gap * (groups[-1][1] - 1) / 2 + gap <= middle - half + 1e-9:
                break
            before, m = groups.pop()
            middle, n = (middle * n + before * m) / (n + m), n + m
        groups.append((middle, n))
    placed = [middle + gap * (j - (n - 1) / 2) for middle, n in groups for j in range(n)]
    found = [0.0] * len(wanted)
    for k, position in zip(order, placed, strict=True):
        found[k] = position
    return found
