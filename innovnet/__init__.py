"""Innovation networks: build, measure, compare with chance, report.

``import innovnet as inn`` loads nothing else; each name is imported when it is first used.
"""

from innovnet._lazy import attach

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = attach(__name__, __file__)
