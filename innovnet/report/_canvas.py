"""Drawing: figures in pixels, text kept as text, colours as tokens; SVG for the page, SVG and PNG as files."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from innovnet._check import extra
from innovnet._text import clean
from innovnet.report._tokens import ON_DARK, ON_LIGHT, TOKENS, colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

DPI = 72  # one unit of the drawing is one pixel of the page
_TOKEN_OF = {pair[0]: name for name, pair in TOKENS.items()}
_STYLE = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 12.0,
    "text.parse_math": False,
    "text.color": colour("ink"),
    "axes.labelcolor": colour("muted"),
    "axes.edgecolor": colour("muted"),
    "axes.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "axes.unicode_minus": True,
    "figure.facecolor": "none",
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "savefig.facecolor": "none",
    "xtick.color": colour("muted"),
    "ytick.color": colour("muted"),
    "xtick.labelsize": 11.0,
    "ytick.labelsize": 11.0,
    "xtick.major.size": 0.0,
    "ytick.major.size": 0.0,
    "xtick.minor.size": 0.0,
    "ytick.minor.size": 0.0,
    "grid.color": colour("grid"),
    "grid.linewidth": 1.0,
    "lines.linewidth": 1.8,
    "path.simplify": False,
}


@contextmanager
def style() -> Iterator[None]:
    """The style of all figures; every drawing and every saving happens inside it."""
    matplotlib = extra("matplotlib")
    with matplotlib.rc_context(_STYLE):
        yield


def axes(width: int, height: float, ax: "Axes | None" = None) -> "Axes":
    """Empty axes that fill a figure of ``width`` × ``height`` px, or the axes given; x runs to ``width`` and y *down* to ``height``.

    Composite figures place panels with :func:`panel` in these pixels.
    """
    if ax is None:
        figure = extra("matplotlib.figure").Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
        ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set_axis_off()
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    return ax


def panel(ax: "Axes", left: float, top: float, width: float, height: float) -> "Axes":
    """Axes inside ``ax``, at a place given in its pixels."""
    inner = ax.inset_axes((left, top, width, height), transform=ax.transData)
    inner.set_facecolor("none")
    return inner


def label(ax: "Axes", x: float, y: float, text: object, **options: Any) -> "Text":
    """Text that is taken literally: no mathematics, no control characters."""
    return ax.text(x, y, clean(text), parse_math=False, **options)


def halo(text: "Text") -> "Text":
    """Give a label over lines an outline in the colour of the paper."""
    text.set_gid("halo")
    return text


def svg(figure: "Figure", key: str) -> str:
    """The figure as SVG for the page: text as text, colours as tokens, identifiers of its own, no fixed size."""
    raw = _saved(figure, key)
    raw = raw[raw.index("<svg") :]
    width = re.search(r'viewBox="0 0 ([\d.]+) ', raw)
    raw = re.sub(r"<metadata>.*?</metadata>", "", raw, flags=re.DOTALL)
    raw = re.sub(r"<style type=\"text/css\">.*?</style>", "", raw, count=1, flags=re.DOTALL)
    raw = re.sub(r"<!--.*?-->", "", raw, flags=re.DOTALL)
    raw = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", raw, count=1)
    raw = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", raw, count=1)
    raw = re.sub(r' (?:xmlns:xlink|version)="[^"]*"', "", raw, count=2).replace("xlink:href", "href")
    raw = raw.replace('<g id="halo', '<g class="halo" id="halo')
    raw = _fonts(_identifiers(raw, key))
    raw = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), raw)
    raw = re.sub(r"#[0-9a-fA-F]{6}\b", _token, raw)
    raw = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", raw).replace("<g/>", "").replace("<defs>\n</defs>", "")
    raw = re.sub(r"\n\s*", "\n", raw)
    size = f'style="max-width:{float(width[1]):.0f}px" ' if width else ""
    return raw.replace("<svg ", f"<svg {size}", 1)


def _saved(figure: "Figure", key: str) -> str:
    matplotlib = extra("matplotlib")
    with style(), matplotlib.rc_context({"svg.hashsalt": key}):
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return out.getvalue()


def _token(found: re.Match[str]) -> str:
    code = found[0].lower()
    return f"var(--{_TOKEN_OF[code]},{code})" if code in _TOKEN_OF else code


def _identifiers(raw: str, key: str) -> str:
    """Keep the identifiers that are referred to, each under the figure's key: two inline figures must not share one."""
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', raw))
    raw = re.sub(r' id="([^"]+)"', lambda m: f' id="{key}-{m[1]}"' if m[1] in used else "", raw)
    return re.sub(r'(url\(#|href="#)([^)"]+)', lambda m: f"{m[1]}{key}-{m[2]}", raw)


def _fonts(raw: str) -> str:
    """Sizes and weights stay, the family is the page's; matplotlib writes them apart or as one ``font`` property, by its version."""

    def apart(found: re.Match[str]) -> str:
        words = found[1].split()
        size = next(word for word in words if word.endswith("px"))
        weight = next((f"font-weight: {word}; " for word in words if word.isdigit() or word == "bold"), "")
        return ("font-style: italic; " if "italic" in words else "") + f"{weight}font-size: {size}"

    raw = re.sub(r"font: ([^;\"']*?)(?: ?'[^\";]*)", apart, raw)
    return re.sub(r"font-family: [^;\"]*;? ?", "", raw)


def svg_file(figure: "Figure", key: str) -> str:
    """The figure as a file of its own, in the light scheme."""
    outline = f"<style>.halo text{{paint-order:stroke;stroke:{colour('paper')};stroke-width:3px;stroke-linejoin:round}}text{{font-family:sans-serif}}</style>"
    raw = _fonts(_saved(figure, key)).replace('<g id="halo', '<g class="halo" id="halo')
    return re.sub(r"(<svg[^>]*>)", lambda m: m[1] + outline, raw, count=1)


def png(figure: "Figure") -> bytes:
    """The figure as PNG at twice its size, on paper of the light scheme."""
    effects = extra("matplotlib.patheffects")
    for text in figure.findobj(lambda artist: artist.get_gid() == "halo"):
        text.set_path_effects([effects.withStroke(linewidth=3, foreground=colour("paper"))])
    out = io.BytesIO()
    with style():
        figure.savefig(out, format="png", dpi=2 * DPI, facecolor=colour("paper"), metadata={"Software": None})
    return out.getvalue()


def on_colour(code: str) -> str:
    """The colour of text on a filled cell of the light scheme; the page's dark scheme is chosen so that it holds there too."""
    red, green, blue = (int(code[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return ON_DARK if luminance < 0.3 else ON_LIGHT
