"""What a model of the literature reproduces, how near it has to come, and which test shows it."""

from typing import NamedTuple


class Card(NamedTuple):
    """A claim that a model is held to.

    A model lists its cards as ``card: ClassVar[tuple[Card, ...]]``; :func:`innovnet.simulate.odd` prints them.

    Examples
    --------
    >>> import innovnet as inn
    >>> for card in inn.simulate.RDGame.card:
    ...     print(card.tag, "-", card.tolerance)
    derived - 6 decimals
    derived - 1e-10
    """

    claim: str  #: what holds in the model
    source: str  #: who says so
    doi: str  #: DOI of the source; empty where there is none
    tag: str  #: ``"text"`` (stated by the source), ``"derived"`` (by algebra) or ``"measured"`` (runs of another implementation of the same rules)
    tolerance: str  #: how near the model has to come
    seeds: str  #: seeds and number of runs; empty where nothing is drawn
    test: str  #: where it is shown
