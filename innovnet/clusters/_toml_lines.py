"""On which line of a TOML text each key stands; ``tomllib`` does not say."""

import re
import tomllib
from collections import Counter
from typing import NamedTuple

Place = tuple[str | int, ...]
_DEPTH = 8  #: parts of a dotted key that are told apart

_TOKEN = re.compile(
    r'''(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"""|(?P<break>\n)|(?P<skip>[ \t\r]+|\#[^\n]*)|(?P<sign>[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,.\#"']+)""",
    re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def lines_of(text: str) -> dict[Place, int]:
    """The line of each table, entry and element of a text that is valid TOML: ``("criterion", 0, "threshold")`` -> 12."""
    return _Scan(text).lines


class _Scan:
    def __init__(self, text: str) -> None:
        self.tokens, self.at = _tokens(text), 0
        self.lines: dict[Place, int] = {}
        self.elements: Counter[Place] = Counter()  # tables so far of each array of tables
        table: Place = ()
        while (token := self.next()).kind != "end":
            if token.text == "[" and token.kind == "sign":
                table = self.header()
            elif token.kind != "break":
                self.at -= 1
                self.entry(table)

    def next(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def sees(self, *signs: str) -> bool:
        token = self.tokens[self.at]
        return token.kind == "sign" and token.text in signs

    def header(self) -> Place:
        """``[a.b]`` or ``[[a.b]]``, its first bracket read: the table that follows."""
        line, double = self.tokens[self.at].line, self.sees("[")
        self.at += double
        table: Place = ()
        keys = self.key()
        for k, part in enumerate(keys, start=1):
            table += (part,)
            if double and k == len(keys):
                self.elements[table] += 1
            if self.elements[table]:
                self.lines.setdefault(table, line)
                table += (self.elements[table] - 1,)
            self.lines.setdefault(table, line)
        self.at += 1 + double
        return table

    def key(self) -> list[str]:
        parts: list[str] = []
        while not self.sees("=", "]"):
            token = self.next()
            if token.kind != "sign":
                parts.append(str(tomllib.loads(f"x = {token.text}")["x"]) if token.kind == "text" else token.text)
        return parts[:_DEPTH]

    def entry(self, table: Place) -> None:
        """``key = value``."""
        line = self.tokens[self.at].line
        place = table
        for part in self.key():
            place += (part,)
            self.lines.setdefault(place, line)
        self.at += 1
        self.value(place)

    def value(self, place: Place) -> None:
        if self.sees("["):
            self.at += 1
            self.array(place)
        elif self.sees("{"):
            self.at += 1
            while not self.sees("}"):
                if self.tokens[self.at].kind == "break" or self.sees(","):
                    self.at += 1
                else:
                    self.entry(place)
            self.at += 1
        else:
            while not self.sees(",", "]", "}") and self.tokens[self.at].kind not in ("break", "end"):
                self.at += 1

    def array(self, place: Place) -> None:
        element = 0
        while not self.sees("]"):
            if self.tokens[self.at].kind == "break" or self.sees(","):
                self.at += 1
            else:
                self.lines[(*place, element)] = self.tokens[self.at].line
                self.value((*place, element))
                element += 1
        self.at += 1


def _tokens(text: str) -> list[_Token]:
    found, line = [], 1
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind != "skip":
            found.append(_Token(kind, match.group(), line))
        line += match.group().count("\n")
    return [*found, _Token("end", "", line)]
