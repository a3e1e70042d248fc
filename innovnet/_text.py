"""Text that leaves the library: one function to escape it for HTML, one to strip what no format can hold."""

import html
import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def clean(text: object) -> str:
    """The text without control characters (tab and line breaks stay)."""
    return _CONTROL.sub("", str(text))


def escape(text: object) -> str:
    """The text for use in HTML, in an element or in a quoted attribute."""
    return html.escape(clean(text), quote=True)
