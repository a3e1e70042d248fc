"""How to cite innovnet."""

from innovnet import __version__
from innovnet._check import check_choice


def cite(style: str = "text") -> str:
    """How to cite innovnet in a paper or report.

    Parameters
    ----------
    style
        ``"text"`` for a line of text, ``"bibtex"`` for a BibTeX entry.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.cite().startswith("The innovnet developers (2026). innovnet")
    True
    """
    check_choice(style, ("text", "bibtex"), "style")
    if style == "text":
        return f"The innovnet developers (2026). innovnet {__version__}: innovation networks in Python."
    fields = {"author": "{The innovnet developers}", "title": "innovnet: innovation networks in Python", "version": __version__, "year": "2026"}
    return "\n".join(["@software{innovnet,", *(f"  {name} = {{{value}}}," for name, value in fields.items()), "}"])
