"""Colours: one token for each meaning, in a light and a dark scheme. No other colour stands in a figure or on the page."""

#: token -> (light, dark). Hue is the type of an organisation, accent the reported scope or observed value, grey chance and others.
TOKENS: dict[str, tuple[str, str]] = {
    "ink": ("#1c2733", "#e8ecf0"),
    "muted": ("#5b6875", "#a7b1bc"),
    "grid": ("#dfe4e9", "#36404a"),
    "paper": ("#ffffff", "#14191f"),
    "soft": ("#eef1f4", "#1f262e"),
    "accent": ("#0b5cad", "#6fb1f2"),
    "chance": ("#b9c1ca", "#5f6b78"),
    "chance-strong": ("#87929e", "#7d8995"),
    "university": ("#1747b8", "#91b8f2"),
    "institute": ("#1f9e70", "#4fe0a8"),
    "firm": ("#d67a0c", "#ee7f35"),
    "public": ("#9f4bab", "#d455f3"),
    "other": ("#545c65", "#98a0a8"),
    "institute-text": ("#147a55", "#4fe1a8"),
    "firm-text": ("#a65c00", "#ee8036"),
    "land": ("#e7ebef", "#232b34"),
    "tie": ("#9fb3c8", "#4b6178"),
    **{
        f"blue-{k}": pair
        for k, pair in enumerate(
            [("#f3f6f9", "#1a222b"), ("#cfdff0", "#22384f"), ("#93b7de", "#2a5580"), ("#5890cd", "#4a8bc9"), ("#1f4f95", "#74ade0"), ("#0a2550", "#b9d8f5")]
        )
    },
    **{
        f"diverging-{k}": pair
        for k, pair in enumerate(
            [
                ("#8a3b00", "#f0a050"),
                ("#a85a14", "#d0862f"),
                ("#dd8533", "#8f5219"),
                ("#f5cfa3", "#5a4024"),
                ("#f4f5f6", "#262c33"),
                ("#aecbe8", "#24435f"),
                ("#7aa9d9", "#2f5f8c"),
                ("#3972ae", "#5590c8"),
                ("#123f7e", "#86bdf0"),
            ]
        )
    },
}

#: Text on a coloured cell: the same in both schemes.
ON_DARK, ON_LIGHT = "#fefefe", "#10151a"

TYPES = {"university": "Universities", "institute": "Research institutes", "firm": "Companies", "public": "Public bodies", "other": "Other"}


def colour(token: str) -> str:
    """The light code of a token: figures are drawn with it, and the page replaces it by the token."""
    return TOKENS[token][0]


def type_colour(kind: object) -> str:
    """The colour of a type of organisation; an unknown one counts as other."""
    return colour(kind if isinstance(kind, str) and kind in TYPES else "other")


def type_text(kind: object) -> str:
    """The colour of text about a type of organisation: a darker one where the fill is too light to read."""
    return colour({"institute": "institute-text", "firm": "firm-text"}.get(str(kind), kind if isinstance(kind, str) and kind in TYPES else "other"))


def css_variables() -> str:
    """The declarations of both schemes for a style sheet."""
    light, dark = ("".join(f"--{name}:{pair[k]};" for name, pair in TOKENS.items()) for k in (0, 1))
    return f":root{{color-scheme:light dark;{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
