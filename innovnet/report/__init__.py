"""Plots, HTML reports and tables: this room calls indicators and renders; no formula lives here."""

from innovnet._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
