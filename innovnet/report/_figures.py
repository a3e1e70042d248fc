"""The figures of a report: drawn once for each width, kept as files, linked from the page."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from innovnet.report._canvas import png, standalone, svg
from innovnet.report._exhibit import NARROW, WIDE, Exhibit


def drawings_of(exhibit: Exhibit, folder: Path, *, images: bool) -> dict[str, str]:
    """Draw an exhibit once for each width: SVG for the page, the wide one as files too."""
    if exhibit.draw is None:
        return {}
    figure = exhibit.draw(WIDE)
    found = {"wide": svg(figure, f"{exhibit.key}-w")}
    (folder / f"{exhibit.key}.svg").write_text(standalone(found["wide"]), encoding="utf-8")
    if images:
        (folder / f"{exhibit.key}.png").write_bytes(png(figure))
    if exhibit.narrow:
        found["narrow"] = svg(exhibit.draw(NARROW), f"{exhibit.key}-n")
    return found


def draw_all(exhibits: Iterable[Exhibit], folder: Path, *, images: bool) -> dict[str, dict[str, str]]:
    """The drawings of all exhibits by their keys, their files in a new folder."""
    folder.mkdir()
    return {exhibit.key: drawings_of(exhibit, folder, images=images) for exhibit in exhibits}


def downloads_of(exhibit: Exhibit, book: str, *, images: bool) -> list[tuple[str, str]]:
    """What lies beside the page of an exhibit: (label, address)."""
    links = [(f"{name}.csv", f"tables/{name}.csv") for name in exhibit.tables]
    links += [("Excel", book)]
    if exhibit.draw is not None:
        links += [("SVG", f"figures/{exhibit.key}.svg"), *([("PNG", f"figures/{exhibit.key}.png")] if images else [])]
    return links


@contextmanager
def fewer_collections() -> Iterator[None]:
    """Look for unreachable objects less often while figures are drawn: they are many small ones, and looking takes a fifth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
