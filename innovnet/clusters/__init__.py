"""Clusters: a register over years, maturity levels by stated indicators, monitoring."""

from innovnet._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
