"""What the R&D game is solved with: sparse systems, their bounds, and rounds of best replies."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import linalg

from innovnet._check import check_column, some
from innovnet._kernel import kernel
from innovnet.errors import ConvergenceError, DataError
from innovnet.graph._groups import column_of, grouped
from innovnet.graph._network import Network, check_network
from innovnet.graph._tables import freeze

Floats = npt.NDArray[np.float64]

_DENSE = 200  # up to so many firms eigenvalues come from the whole matrix
_BLOCK = 256  # exits that are solved for at once
_ZERO = 1e-12
_STEPS = 10_000  # of conjugate gradients
_EXACT = 1e-7  # of a bound on the spillover


@kernel
def reply(
    indptr: npt.NDArray[np.int64],
    indices: npt.NDArray[np.uint32],
    market: npt.NDArray[np.uint32],
    n_markets: int,
    demand: Floats,
    spillover: float,
    rivalry: float,
    output: Floats,
) -> None:
    """A round of best replies, in place: firm after firm, max(0, μ - ρ · output of rivals + φ · effort of partners)."""
    total = np.zeros(n_markets)
    for i in range(len(output)):
        total[market[i]] += output[i]
    for i in range(len(output)):
        around = 0.0
        for arc in range(indptr[i], indptr[i + 1]):
            around += output[indices[arc]]
        new = max(0.0, demand[i] - rivalry * (total[market[i]] - output[i]) + spillover * around)
        total[market[i]] += new - output[i]
        output[i] = new


@dataclass(frozen=True)
class Game:
    """The matrices of a game; B = ZZ' - I, with Z firms × markets, is never formed."""

    partners: sparse.csr_array  #: A
    market: npt.NDArray[np.uint32]
    n_markets: int
    demand: Floats  #: μ
    spillover: float  #: φ
    rivalry: float  #: ρ
    index: pd.Index

    @cached_property
    def members(self) -> sparse.csr_array:
        """Z: which firm is in which market."""
        n = len(self.market)
        return sparse.csr_array((np.ones(n), (np.arange(n), self.market)), shape=(n, self.n_markets))

    def rivals(self, x: Floats) -> Floats:
        """B x."""
        return self.members @ (self.members.T @ x) - x

    def best(self, q: Floats) -> Floats:
        """The best output of each firm where the others make q."""
        return self.demand - self.rivalry * self.rivals(q) + self.spillover * (self.partners @ q)

    @cached_property
    def _factors(self) -> tuple[sparse.csc_array, Any]:
        """(I + ρB - φA) x = y with √ρ Z'x unknown, too, so that the system is sparse; and what it is solved with."""
        one, sums = sparse.eye_array(len(self.market)), np.sqrt(self.rivalry) * self.members
        core = (1 - self.rivalry) * one - self.spillover * self.partners
        system = sparse.block_array([[core, sums], [sums.T, -sparse.eye_array(self.n_markets)]], format="csc")
        return system, linalg.splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01, options={"SymmetricMode": True})

    def solve(self, y: Floats) -> Floats:
        """(I + ρB - φA)⁻¹ y, for one or several columns, refined once."""
        system, factors = self._factors
        wanted = np.concatenate([y, np.zeros((self.n_markets, *y.shape[1:]))])
        found = factors.solve(wanted)
        return (found + factors.solve(wanted - system @ found))[: len(y)]

    def equilibrium(self) -> Floats:
        """(I + ρB - φA)⁻¹ μ, or an error where it is no equilibrium."""
        if not len(self.market):
            return np.zeros(0)
        bound = largest_spillover(self)
        if self.spillover >= bound * (1 - _EXACT):
            msg = (
                f"spillover={self.spillover:g} has no equilibrium on this network: each effort would call forth more. It has to be below {_down(bound):g} "
                f"(with rivalry={self.rivalry:g})."
            )
            raise DataError(msg)
        return self.interior(self.solve(self.demand))

    def interior(self, values: Floats, what: str = "output") -> Floats:
        """The values, or an error where some are below 0."""
        below = values < -_ZERO
        if below.any():
            msg = (
                f"{int(below.sum())} of {len(values)} firms would have an {what} below 0 ({some(self.index[below])}), and the formulas hold where every firm produces "
                f"and does R&D. Lower rivalry={self.rivalry:g}, or leave these firms out."
            )
            raise DataError(msg)
        return values

    def welfare(self, q: Floats) -> Floats:
        """q'q + (ρ/2) q'Bq, for one or several columns."""
        return (q * q).sum(axis=0) + self.rivalry / 2 * (q * self.rivals(q)).sum(axis=0)

    def supported(self, q0: Floats, s: Floats) -> Floats:
        """Output with subsidies s: q₀ + R s."""
        return q0 + self.solve(s + self.spillover * (self.partners @ s))


def _down(x: float) -> float:
    """Six digits of a bound, never more than it."""
    unit = 10.0 ** (np.floor(np.log10(x)) - 5) if x > 0 else 1.0
    return float(np.floor(x / unit) * unit)


def game_of(network: Network, spillover: float, rivalry: float, markets: str, demand: str) -> Game:
    """The game on a network, its columns checked."""
    check_network(network, "RDGame")
    if network.directed:
        msg = "RDGame takes an undirected network: cooperation in R&D is mutual in this model. innovnet.symmetrize(network) makes one."
        raise DataError(msg)
    n, index = network.n_actors, network.actors.index
    codes, n_markets = np.zeros(n, dtype=np.uint32), min(n, 1)
    if markets:
        found = grouped(network, markets)
        codes, n_markets = found.codes, len(found.labels)
    values = _demand(network, demand) if demand else np.ones(n)
    codes, values = freeze(codes, values)
    return Game(network.adjacency(weighted=False), codes, n_markets, values, float(spillover), float(rivalry), index)


def _demand(network: Network, demand: str) -> Floats:
    check_column(network.actors.columns, demand, "actors")
    values = pd.to_numeric(column_of(network.actors, demand, option="demand"), errors="coerce").to_numpy(dtype=np.float64)
    wrong = ~(np.isfinite(values) & (values > 0))
    if wrong.any():
        msg = (
            f"{int(wrong.sum())} of {len(values)} actors have no demand above 0 in {demand!r}: {some(network.actors.index[wrong])}. Give each a number above 0."
        )
        raise DataError(msg)
    return values


def _largest(n: int, product: Callable[[Floats], Floats]) -> float:
    """The largest eigenvalue of a symmetric matrix given by its products."""
    if n <= _DENSE:
        return float(np.linalg.eigvalsh(product(np.eye(n)))[-1])
    operator = linalg.LinearOperator((n, n), matvec=product, dtype=np.float64)
    return float(linalg.eigsh(operator, k=1, which="LA", v0=np.ones(n), return_eigenvectors=False)[0])


def largest_spillover(game: Game) -> float:
    """The φ at which I + ρB - φA stops being positive definite: 1/λ of S A S, S = (I + ρB)^-1/2, which is known for blocks of rivals."""
    rho = game.rivalry
    size = np.bincount(game.market, minlength=game.n_markets).astype(np.float64)
    step = (np.sqrt((1 - rho) / (1 - rho + rho * size)) - 1) / np.maximum(size, 1)

    def half(x: Floats) -> Floats:
        inside = game.members.T @ x
        return (x + game.members @ (inside * (step if x.ndim == 1 else step[:, None]))) / np.sqrt(1 - rho)

    top = _largest(len(game.market), lambda x: half(game.partners @ half(x)))
    return 1 / top if top > _ZERO else np.inf


def without_each(game: Game, index: pd.Index) -> Floats:
    """Welfare in the equilibrium without firm i, for each i: with C the inverse, q - C_i q_i / C_ii solves what is left."""
    n, q = len(game.market), game.equilibrium()
    found = np.empty(n)
    for start in range(0, n, _BLOCK):
        gone = np.arange(start, min(start + _BLOCK, n))
        unit = np.zeros((n, len(gone)))
        unit[gone, np.arange(len(gone))] = 1.0
        column = game.solve(unit)
        left = q[:, None] - column * (q[gone] / column[gone, np.arange(len(gone))])
        left[gone, np.arange(len(gone))] = 0.0
        below = (left < -_ZERO).any(axis=0)
        if below.any():
            msg = f"after the exit of {some(index[gone[below]])} some other firm would have an output below 0, and the formulas hold where every firm produces. Lower rivalry={game.rivalry:g}."
            raise DataError(msg)
        found[gone] = game.welfare(left)
    return found


def _curvature(game: Game, x: Floats) -> Floats:
    """H x."""
    pushed = x + game.spillover * (game.partners @ x)
    moved = game.solve(pushed)
    inner = 2 * moved + game.rivalry * game.rivals(moved) - x
    back = game.solve(inner)
    return back + game.spillover * (game.partners @ back) - x - moved


def _top(game: Game, uniform: bool) -> float:
    """The largest curvature of welfare in subsidies: below 0 there is a best one."""
    n = len(game.market)
    if uniform:
        return float(_curvature(game, np.ones(n)).mean())
    return _largest(n, lambda x: _curvature(game, x))


def optimal(game: Game, q0: Floats, *, uniform: bool) -> Floats:
    """The subsidies of highest welfare."""
    if not len(q0):
        return q0
    n, top = len(q0), _top(game, uniform)
    if top >= 0:
        raise DataError(_without_end(game, uniform, top))
    valued = game.solve(2 * q0 + game.rivalry * game.rivals(q0))
    slope = valued + game.spillover * (game.partners @ valued) - q0  # of welfare at no subsidy: R'M q0 - q0
    if uniform:
        return np.full(n, -slope.mean() / top)
    if n <= _DENSE:
        return np.asarray(np.linalg.solve(_curvature(game, np.eye(n)), -slope), dtype=np.float64)
    operator = linalg.LinearOperator((n, n), matvec=lambda x: -_curvature(game, x), dtype=np.float64)
    found, steps = linalg.cg(operator, slope, rtol=1e-13, maxiter=_STEPS)
    if steps:
        msg = f"the best subsidies did not settle in {_STEPS} steps: welfare is all but flat in some of them (largest curvature {top:.4g}). Lower spillover={game.spillover:g}."
        raise ConvergenceError(msg)
    return found


def _without_end(game: Game, uniform: bool, top: float) -> str:
    """Why there is no best subsidy, and the largest spillover that has one."""
    start = f"no {'common subsidy' if uniform else 'subsidies'} would be best: welfare rises without end (largest curvature {top:.4g}, it has to be below 0). "
    low, high = 0.0, game.spillover
    if _top(replace(game, spillover=low), uniform) >= 0:
        return start + f"Lower rivalry={game.rivalry:g}: with it this is so even without spillovers."
    while high - low > _EXACT * high:
        middle = (low + high) / 2
        low, high = (low, middle) if _top(replace(game, spillover=middle), uniform) >= 0 else (middle, high)
    return start + f"spillover={game.spillover:g} has to be at most {_down(low):g} (with rivalry={game.rivalry:g})."
