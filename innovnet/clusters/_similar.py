"""Which known identifiers or names an unknown one is like: among hundred thousands as well."""

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import numpy as np

_SIZE = 3
#: How many known texts are looked at closely, and how alike they must be.
_CLOSELY, _LIKE = 50, 0.55
#: Unknown texts that are answered; what comes after them has the same cause.
_ANSWERED = 300


class Similar:
    """Known texts, and what is shown for each. They are asked for when the first unknown one comes."""

    def __init__(self, known: Callable[[], Mapping[str, str]]) -> None:
        self._known = known
        self._answers: dict[str, list[str]] = {}

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        return list(self._known().items())

    @cached_property
    def _index(self) -> dict[str, np.ndarray]:
        places: dict[str, list[int]] = defaultdict(list)
        for k, (text, _) in enumerate(self._pairs):
            for part in _parts(text):
                places[part].append(k)
        return {part: np.array(found, dtype=np.int64) for part, found in places.items()}

    def to(self, text: str, limit: int = 5) -> list[str]:
        """Up to ``limit`` identifiers whose text, or name, is like this one, the likest first."""
        if text not in self._answers and len(self._answers) < _ANSWERED:
            self._answers[text] = self._found(text)
        return self._answers.get(text, [])[:limit]

    def _found(self, text: str) -> list[str]:
        parts = _parts(text)
        shared = [self._index[part] for part in parts if part in self._index]
        if not shared:
            return []
        places, counts = np.unique(np.concatenate(shared), return_counts=True)
        closely = places[np.lexsort((places, -counts))[:_CLOSELY]]
        likeness = [(difflib.SequenceMatcher(None, text.lower(), self._pairs[k][0].lower()).ratio(), -k) for k in closely]
        return list(dict.fromkeys(self._pairs[-k][1] for ratio, k in sorted(likeness, reverse=True) if ratio >= _LIKE))


def _parts(text: str) -> set[str]:
    padded = f"  {text.lower()} "
    return {padded[k : k + _SIZE] for k in range(len(padded) - _SIZE + 1)}


def listed(near: Iterable[str], words: str) -> str:
    """The sentence with similar ones; nothing where there is none."""
    found = list(near)
    return f"{words}: {', '.join(found)}. " if found else ""
