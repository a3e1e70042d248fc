"""How results of simulations show themselves in a notebook."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._text import escape

SHOWN = 12
WIDTH, HEIGHT = 120, 20
NOTE = "A simulation, not a forecast."


def number(value: float) -> str:
    """A number in four digits, with thousands marked."""
    if not np.isfinite(value):
        return "not defined" if np.isnan(value) else str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 or value == round(value) else f"{value:.4g}"


def sparkline(values: npt.ArrayLike) -> str:
    """A line of the values, 120 × 20, in the colour of the text; gaps where a value is not defined."""
    y = np.asarray(values, dtype=np.float64)
    seen = np.isfinite(y)
    low, span = (y[seen].min(), np.ptp(y[seen])) if seen.any() else (0.0, 0.0)
    across = np.linspace(1, WIDTH - 1, len(y))
    up = np.full(len(y), HEIGHT / 2) if span == 0 else HEIGHT - 2 - (y - low) / span * (HEIGHT - 4)
    path = ""
    for i in np.flatnonzero(seen):
        path += f"{'L' if i and seen[i - 1] else 'M'}{across[i]:.1f} {up[i]:.1f}"
    return f'<svg width="{WIDTH}" height="{HEIGHT}" aria-hidden="true"><path d="{path}" fill="none" stroke="currentColor"/></svg>'


def table(head: list[str], rows: list[list[str]]) -> str:
    """An HTML table of cells that are escaped already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def more(count: int, what: str) -> str:
    """A line for what is not shown; nothing where all is."""
    return f"<div>and {count - SHOWN} more {what}</div>" if count > SHOWN else ""


def trajectory_html(title: str, summary: pd.DataFrame) -> str:
    """The HTML of a run: what was observed at the start, at the end and between."""
    columns = summary.columns[:SHOWN]
    rows = [[escape(c), number(summary[c].iloc[0]), number(summary[c].iloc[-1]), sparkline(summary[c])] for c in columns]
    body = table(["observed", "start", "end", f"years 0 to {summary.index[-1]}"], rows)
    return f"<div><b>{escape(title)}</b>{body}{more(summary.shape[1], 'in .summary')}<div>{NOTE}</div></div>"
