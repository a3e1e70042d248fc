"""Kernels on one small graph: its parts, its cores, what is left of it when somebody goes. Cost of each: O(members + ties)."""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@kernel
def largest_part(n: int, ptr: Ints, ind: Ids, gone: Mask) -> int:
    """Members in the largest connected part once those who are ``gone`` are taken out."""
    seen = gone.copy()
    stack = np.empty(n, dtype=np.int32)
    largest = 0
    for root in range(n):
        if seen[root]:
            continue
        seen[root] = True
        stack[0] = root
        waiting, size = 1, 0
        while waiting:
            waiting -= 1
            u = stack[waiting]
            size += 1
            for arc in range(ptr[u], ptr[u + 1]):
                v = ind[arc]
                if not seen[v]:
                    seen[v] = True
                    stack[waiting] = v
                    waiting += 1
        largest = max(largest, size)
    return largest


@kernel
def largest_parts(n: int, ptr: Ints, ind: Ids) -> tuple[int, int]:
    """Members in the largest connected part; and the same once that member is taken out who leaves the smallest one.

    In a depth-first search the branch below a child falls off with its parent u if it has no tie to before u. So each u leaves the branches that
    fall off and the rest of its part.
    """
    number = np.zeros(n, dtype=np.int32)  # order of discovery from 1
    reach = np.empty(n, dtype=np.int32)  # earliest number that the branch is tied to
    parent = np.empty(n, dtype=np.int32)
    following = ptr[:n].copy()
    branch, heaviest, fallen = np.ones(n, dtype=np.int32), np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    largest = second = worst = clock = 0
    for root in range(n):
        if number[root]:
            continue
        before = clock
        clock += 1
        number[root] = reach[root] = clock
        parent[root] = -1
        u = root
        while u >= 0:
            if following[u] < ptr[u + 1]:
                v = ind[following[u]]
                following[u] += 1
                if number[v] == 0:
                    clock += 1
                    number[v] = reach[v] = clock
                    parent[v] = u
                    u = v
                elif v != parent[u]:
                    reach[u] = min(reach[u], number[v])
                continue
            above = parent[u]
            if above >= 0:
                branch[above] += branch[u]
                reach[above] = min(reach[above], reach[u])
                if reach[u] >= number[above]:
                    fallen[above] += branch[u]
                    heaviest[above] = max(heaviest[above], branch[u])
            u = above
        size = clock - before
        second = max(second, min(size, largest))
        if size > largest:
            largest, worst = size, size
            for u in range(n):
                if number[u] > before:
                    worst = min(worst, max(heaviest[u], size - 1 - fallen[u]))
    return largest, max(second, worst)


@kernel
def core_sizes(n: int, ptr: Ints, ind: Ids, ks: Ints, sizes: Ints) -> None:
    """Members in the k-core for each of ks, which ascend: members with fewer than k ties to the rest are taken out until none is left."""
    ties = np.empty(n, dtype=np.int64)
    gone = np.zeros(n, dtype=np.bool_)
    stack = np.empty(n, dtype=np.int32)
    left = n
    for u in range(n):
        ties[u] = ptr[u + 1] - ptr[u]
    for c in range(len(ks)):
        waiting = 0
        for u in range(n):
            if not gone[u] and ties[u] < ks[c]:
                gone[u] = True
                stack[waiting] = u
                waiting += 1
        while waiting:
            waiting -= 1
            u = stack[waiting]
            left -= 1
            for arc in range(ptr[u], ptr[u + 1]):
                v = ind[arc]
                ties[v] -= 1
                if not gone[v] and ties[v] < ks[c]:
                    gone[v] = True
                    stack[waiting] = v
                    waiting += 1
        sizes[c] = left
