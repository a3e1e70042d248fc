"""Work over all places in fixed blocks: the blocks depend on the number of places alone, so results have the same bits in any number of threads."""

from collections.abc import Callable
from typing import TypeVar

from innovnet._parallel import run

T = TypeVar("T")

#: Places of one block: sums are taken within blocks and added in their order.
BLOCK = 8192
_BLOCKS_OF_A_TASK = 8


def one_run(places: int) -> bool:
    """Whether so many places are one run of blocks: then nothing is to be cut."""
    return places <= BLOCK * _BLOCKS_OF_A_TASK


def sweep(places: int, task: Callable[[int, int], T]) -> list[T]:
    """``task(low, high)`` over runs of whole blocks, in order."""
    if one_run(places):
        return [task(0, places)]
    size = BLOCK * _BLOCKS_OF_A_TASK
    return list(run(lambda c: task(c * size, min(places, (c + 1) * size)), -(-places // size), progress=False))
