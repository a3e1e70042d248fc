"""Simulation: firms in networks and clusters, support policies, and what taking part does to them."""

from innovnet._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
