"""Numbers as readers see them: narrow no-break spaces, a true minus, no more digits than they carry."""

import math

THIN = "\u202f"
MINUS = "\u2212"


def number(value: float, digits: int = 0) -> str:
    """30 721; 12.5; −3."""
    if not math.isfinite(value):
        return "–"
    text = f"{abs(value):,.{digits}f}".replace(",", THIN)
    return MINUS + text if value < 0 and float(text.replace(THIN, "")) != 0 else text


def percent(share: float, digits: int = 0) -> str:
    """A share in [0, 1] as 86.0 %."""
    return f"{number(100 * share, digits)}{THIN}%" if math.isfinite(share) else "–"


def euro(value: float) -> str:
    """EUR 50.5 bn, EUR 181 m, EUR 9 400."""
    for size, unit in ((1e9, "bn"), (1e6, "m")):
        if abs(value) >= 0.9995 * size:  # what would round to 1 000 m is 1.0 bn
            scaled = value / size
            return f"EUR{THIN}{number(scaled, 1 if abs(scaled) < 99.95 else 0)}{THIN}{unit}"
    return f"EUR{THIN}{number(value)}"


def ratio(value: float) -> str:
    """1.4×."""
    return f"{number(value, 1)}×"


def signed(value: float, digits: int = 1) -> str:
    """+3.3, −1.2."""
    text = number(value, digits)
    return text if text.startswith(MINUS) or not float(text.replace(THIN, "")) else f"+{text}"


def span(low: float, high: float, digits: int = 1, *, share: bool = False) -> str:
    """93.8–93.9 %; one value where both look the same."""
    scale = 100 if share else 1
    first, last = number(scale * low, digits), number(scale * high, digits)
    return (first if first == last else f"{first}–{last}") + (f"{THIN}%" if share else "")


def count(n: int, singular: str, plural: str | None = None) -> str:
    """1 organisation, 30 721 organisations."""
    return f"{number(n)}\u00a0{singular if n == 1 else plural or singular + 's'}"
