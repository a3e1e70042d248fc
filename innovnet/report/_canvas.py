"""Drawing: figures in pixels, text kept as text, colours as tokens; SVG for the page, SVG and PNG as files."""

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
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
    """The style of all figures; every drawing and every saving happens inside it.

    A sign that the measuring font does not have (CJK, emoji) is written as text all the same: that one warning is silenced.
    """
    matplotlib = extra("matplotlib")
    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from", category=UserWarning)
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


def drawing(plot: Callable[..., "Axes"], *tables: Any, **options: Any) -> Callable[[int], "Figure"]:
    """The ``draw`` of an exhibit: a plot function with its tables, waiting for the width."""

    def draw(width: int) -> "Figure":
        with style():
            made: Any = plot(*tables, width=width, **options)
        return made.figure

    return draw


def panel(ax: "Axes", left: float, top: float, width: float, height: float) -> "Axes":
    """Axes inside ``ax``, at a place given in its pixels."""
    inner = ax.inset_axes((left, top, width, height), transform=ax.transData)
    inner.set_facecolor("none")
    return inner


def label(ax: "Axes", x: float, y: float, text: object, **options: Any) -> "Text":
    """Text that is taken literally: no mathematics, no control characters."""
    return ax.text(x, y, clean(text), parse_math=False, **options)


def width_of(text: object, size: float = 12.0, *, bold: bool = False) -> float:
    """Width of a text in px with DejaVu Sans, which is 10-15 % wider than most fonts of a page, and 4 % for the rounding of glyphs in PNG."""
    return _width(clean(text), size, bold)


@lru_cache(maxsize=4096)
def _width(text: str, size: float, bold: bool) -> float:
    properties = extra("matplotlib.font_manager").FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    with style():
        width, _height, _descent = extra("matplotlib.textpath").text_to_path.get_text_width_height_descent(text, properties, ismath=False)
    return 1.04 * float(width)


def halo(text: "Text") -> "Text":
    """Give a label over lines an outline in the colour of the paper."""
    text.set_gid("halo")
    return text


def svg(figure: "Figure", key: str) -> str:
    """The figure as SVG for the page: text as text, colours as tokens, identifiers of its own, no fixed size."""
    raw = _markup(figure, key)
    tags = _TAG.findall(raw)
    used = {found for tag in tags for found in _REFERENCE.findall(tag)}
    rewritten = iter(_page_tags("\x00".join(tags), key, used).split("\x00"))
    raw = _TAG.sub(lambda _found: next(rewritten), raw)
    raw = re.sub(r">\s*\n\s*<", ">\n<", raw).replace("<g/>", "").replace("<defs>\n</defs>", "")
    return re.sub(r"\n+", "\n", raw)


def _markup(figure: "Figure", key: str) -> str:
    """What matplotlib writes from ``<svg`` on, without metadata and style sheet."""
    matplotlib = extra("matplotlib")
    with style(), matplotlib.rc_context({"svg.hashsalt": key}):
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    raw = out.getvalue()
    return re.sub(r"<metadata>.*?</metadata>|<style type=\"text/css\">.*?</style>|<!--.*?-->", "", raw[raw.index("<svg") :], flags=re.DOTALL)


_TAG = re.compile(r"<[^<>]+>")  # only tags are rewritten: what stands between them is text, to be kept as it is
_ID = re.compile(r' id="([^"]*)"')
_POINTER = re.compile(r'(url\(#|href="#)')
_CODE = re.compile(r"#[0-9a-fA-F]{6}\b")
_DIGITS = re.compile(r"-?\d+\.\d{3,}")
_UNTURNED = re.compile(r' transform="rotate\(-?0 [^)]*\)"')
_SVG = re.compile(r"<svg [^<>]*>")
_BREAK = re.compile(r"\s*\n\s*")
_FONT, _FAMILY = re.compile(r"\bfont: ([^;\"']*?)(?: ?'[^\";]*)"), re.compile(r"font-family: [^;\"]*;? ?")
_REFERENCE = re.compile(r'(?:url\(#|href="#)([^)"]+)')


def _page_tags(tags: str, key: str, used: set[str]) -> str:
    """Tags as the page needs them, all at once. Identifiers that are referred to stay, under the figure's key: two inline figures must not share one."""
    tags = _fonts(tags.replace('<g id="halo', '<g class="halo" id="halo')).replace("xlink:href", "href")
    tags = _ID.sub(lambda m: f' id="{key}-{m[1]}"' if m[1] in used else "", tags)
    tags = _POINTER.sub(rf"\g<1>{key}-", tags)
    tags = _CODE.sub(_token, tags)
    tags = _DIGITS.sub(lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), tags)
    tags = _UNTURNED.sub("", tags)
    return _BREAK.sub(" ", _SVG.sub(_unsized, tags))


def _unsized(found: re.Match[str]) -> str:
    """The outermost tag, as wide as the page lets it be."""
    width = re.search(r'viewBox="0 0 ([\d.]+) ', found[0])
    tag = re.sub(r' (?:width|height|version|xmlns:xlink)="[^"]*"', "", found[0])
    return tag.replace("<svg ", f'<svg style="max-width:{float(width[1]) if width else 0:.0f}px;stroke-linejoin:round" ', 1)


def _token(found: re.Match[str]) -> str:
    code = found[0].lower()
    return f"var(--{_TOKEN_OF[code]},{code})" if code in _TOKEN_OF else code


def _fonts(tags: str) -> str:
    """Sizes and weights stay, the family is the page's; matplotlib writes them apart or as one ``font`` property, by its version."""

    def apart(found: re.Match[str]) -> str:
        words = found[1].split()
        size = next(word for word in words if word.endswith("px"))
        weight = next((f"font-weight: {word}; " for word in words if word.isdigit() or word == "bold"), "")
        return ("font-style: italic; " if "italic" in words else "") + f"{weight}font-size: {size}"

    return _FAMILY.sub("", _FONT.sub(apart, tags))


def standalone(page_svg: str) -> str:
    """The SVG of a page as a file of its own: the codes of the light scheme in place of tokens, with its size and style."""
    sheet = f"<style>.halo text{{paint-order:stroke;stroke:{colour('paper')};stroke-width:3px}}text{{font-family:sans-serif}}*{{stroke-linejoin:round}}</style>"
    raw = _TAG.sub(lambda found: re.sub(r"var\(--[\w-]+,(#[0-9a-f]{6})\)", r"\1", found[0]), page_svg)
    return re.sub(
        r'<svg style="[^"]*"([^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>)', lambda m: f'<svg width="{m[2]}" height="{m[3]}"{m[1]}{sheet}', raw, count=1
    )


def png(figure: "Figure") -> bytes:
    """The figure as PNG at twice its size, on paper of the light scheme."""
    effects = extra("matplotlib.patheffects")
    labels = figure.findobj(lambda artist: artist.get_gid() == "halo")
    for text in labels:
        text.set_path_effects([effects.withStroke(linewidth=3, foreground=colour("paper"))])
    out = io.BytesIO()
    with style():
        figure.savefig(out, format="png", dpi=2 * DPI, facecolor=colour("paper"), metadata={"Software": None})
    for text in labels:  # as SVG it would be drawn as outlines
        text.set_path_effects([])
    return out.getvalue()


def on_colour(code: str) -> str:
    """The colour of text on a cell filled with a token (its light code): of ink, paper and the two fixed ones the best legible in both schemes."""
    fills = TOKENS[_TOKEN_OF[code]]
    candidates = [TOKENS["ink"], TOKENS["paper"], (ON_DARK, ON_DARK), (ON_LIGHT, ON_LIGHT)]
    return max(candidates, key=lambda pair: min(contrast(text, fill) for text, fill in zip(pair, fills, strict=True)))[0]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as accessibility guidelines measure it: 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(code: str) -> float:
    values = [int(code[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
