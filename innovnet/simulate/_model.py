"""What a model is: three methods over a network; the runner knows nothing else of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

from innovnet._random import unit_array
from innovnet.errors import DataError
from innovnet.graph._network import Network

S = TypeVar("S")

_PURPOSES = 2**16


@dataclass(frozen=True)
class Draw:
    """The random numbers of one step, each named by what it is for: none depends on how many were drawn before it.

    Parameters
    ----------
    key
        The key of the run, made from its seed and its number.
    step
        Steps since the model was started, burn-in included; below 65,536.
    year
        Steps since the start or, after :func:`innovnet.simulate.branch`, since the branch: the year that policies go by.

    Examples
    --------
    >>> import innovnet as inn
    >>> draw = inn.simulate.Draw(key=7, step=1, year=1)
    >>> bool(draw.unit(3, [10, 11])[0] == draw.unit(3, [11, 10])[1])
    True
    """

    key: np.uint64
    step: int
    year: int

    def unit(self, purpose: int, actors: npt.ArrayLike, others: npt.ArrayLike = 0, n: npt.ArrayLike = 0) -> npt.NDArray[np.float64]:
        """Numbers in [0, 1), one for each actor (and other actor, and number n), for a purpose from 0 to 65,535."""
        if not 0 <= purpose < _PURPOSES:
            msg = f"purpose={purpose!r} of a draw is outside 0 to {_PURPOSES - 1:,}. Number the purposes of a model from 1."
            raise DataError(msg)
        return unit_array(actors, others, (purpose << 16) | self.step, n, int(self.key))


@runtime_checkable
class Model(Protocol[S]):
    """A model: a frozen dataclass of its parameters with these methods.

    The state is a dataclass or a NamedTuple of arrays, numbers and of such dataclasses or NamedTuples; ``start`` is annotated with its class. Arrays that
    can be written belong to the state alone, and ``step`` may change them in place; read-only arrays are shared. Optional methods:

    - ``actors(network, state) -> Mapping[str, array]``: columns of the panel, one row for each actor; ``id`` and ``treated`` among them.
    - ``ties(network, state) -> Mapping[str, array]``: columns of the ties now, ``source`` and ``target`` as positions among the rows of ``actors``.

    - ``unknown_labels(network) -> Iterable[Fault]``: labels that policies of the model name and the population does not have; asked before anything is simulated.

    An optional attribute ``at_start`` names parameters, as in ``("search.decay",)``, that only ``start`` looks at: to change one of them in a running world is an error.

    Without the methods ``record="panel"``, the network at the end, and direct and indirect effects are errors that name the method.
    """

    def start(self, network: Network, draw: Draw) -> S:
        """The state before the first step (``draw.step`` is 0)."""
        ...

    def step(self, network: Network, state: S, draw: Draw) -> S:
        """The state one step later."""
        ...

    def observe(self, network: Network, state: S) -> Mapping[str, float]:
        """What is recorded of a state: the same names in each step."""
        ...


def given_ties(network: Network) -> Mapping[str, npt.NDArray[Any]]:
    """The ties of the network as the columns of a model whose ties stay."""
    table = network._tie_table
    return {"source": table["source"].to_numpy(), "target": table["target"].to_numpy()}


def check_labels(models: Iterable[Any], network: Network) -> None:
    """Raise unless the population has every label that policies of the models name; all unknown ones are told."""
    asked = (getattr(model, "unknown_labels", None) for model in models)
    faults = list(dict.fromkeys(fault for unknown in asked if callable(unknown) for fault in unknown(network)))
    if faults:
        msg = f"policies: {len(faults)} labels are not in the population."
        raise DataError(msg, faults)


def check_model(model: Any) -> None:
    """Raise unless ``model`` has the methods of a model."""
    if isinstance(model, type):
        msg = f"{model.__name__} is a class of models. Make one with its parameters: {model.__name__}()."
        raise DataError(msg)
    absent = [name for name in ("start", "step", "observe") if not callable(getattr(model, name, None))]
    if absent:
        msg = f"{type(model).__name__} is no model: it lacks {', '.join(absent)}. A model is a dataclass with start, step and observe, such as simulate.Participation()."
        raise DataError(msg)
