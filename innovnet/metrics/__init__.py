"""Indicators: a network in, one labelled value for each actor (or group, tie, network) out."""

from innovnet._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
