"""What a cooperation graph is and how to get one."""

from innovnet._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
