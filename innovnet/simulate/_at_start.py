"""Parameters that take effect only when a model is started: another value later on would change nothing, and no comparison may take that for a result."""

from functools import reduce
from typing import Any

from innovnet.errors import DataError
from innovnet.simulate._identity import described


def check_at_start(model: Any, before: Any, whose: str) -> None:
    """Raise where ``model`` differs from the model described as ``before`` in a parameter that its attribute ``at_start`` names."""
    now = described(model)
    for name in getattr(model, "at_start", ()):
        was, is_now = (reduce(_part, name.split("."), words) for words in (before, now))
        if was != is_now:
            msg = (
                f"{type(model).__name__}: {name} takes effect when the model is started, so {is_now!r} would change nothing in a world that {whose} began "
                f"with {was!r}. Start both models by themselves: burn_in=0, and no checkpoint."
            )
            raise DataError(msg)


def _part(words: Any, name: str) -> Any:
    return words.get(name) if isinstance(words, dict) else None
