"""Kernels over the bytes of a delimited text: check them, cut them into cells, tell cells apart, read numbers.

Behind the text the buffer holds a line feed and a quote, and at least 14 bytes more: the one ends any cell, the other any search for a quote, and eight
bytes can be read at any position of the text.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet.graph.read._words import trailing_zeros, word_at

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.uint32]
Position = Any  # uint64

TORN: int = -1  #: in place of a number of cells: a quote inside a cell
OPEN: int = -2  #: in place of a number of cells: a quote that is not closed

_LF, _CR, _DOT, _MINUS, _QUOTE = (np.uint8(byte) for byte in b'\n\r.-"')
_ONE, _TWO, _EIGHT = np.uint64(1), np.uint64(2), np.uint64(8)
_ONES = np.uint64(0x0101010101010101)
_HIGH, _QUOTES, _SIXTEENS = _ONES * np.uint64(0x80), _ONES * np.uint64(0x22), _ONES * np.uint64(0x10)
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x9E3779B97F4A7C15)
_POWERS = np.array([float(f"1e{k}") for k in range(23)])
_EXACT = 2**53  # whole numbers up to here are floats, and so are powers of ten up to 22: their quotient is the nearest float


@kernel
def sequence(data: Bytes, i: Position) -> int:
    """Length of the UTF-8 sequence of more than one byte at ``i``; 0 where it is none."""
    lead, second = data[i], data[i + _ONE]
    if lead < 0xC2 or lead > 0xF4:
        return 0
    low, high = 0x80, 0xBF
    if lead == 0xE0:
        low = 0xA0
    elif lead == 0xED:
        high = 0x9F
    elif lead == 0xF0:
        low = 0x90
    elif lead == 0xF4:
        high = 0x8F
    if second < low or second > high:
        return 0
    length = 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4)
    for k in range(2, length):
        if data[i + np.uint64(k)] & 0xC0 != 0x80:
            return 0
    return length


@kernel
def encoded_twice(data: Bytes, i: Position) -> bool:
    """Whether the character at ``i`` and the next look like UTF-8 that was taken for Latin and encoded again, as in ``UniversitÃ©``."""
    second, third, fourth = data[i + _ONE], data[i + _TWO], data[i + np.uint64(3)]
    if data[i] != 0xC3:
        return False
    if second == 0xA2:  # â€
        return third == 0xE2 and fourth == 0x82 and data[i + np.uint64(4)] == 0xAC
    if second < 0x82 or second > 0x85 or third != 0xC2:  # Â Ã Ä Å
        return False
    return second == 0x82 or fourth != 0xA0  # a fixed space behind a letter is common, behind Â it is not


@kernel
def inspected(data: Bytes, size: int) -> tuple[int, int, Any, npt.NDArray[np.int64]]:
    """The numbers of line ends and of NUL up to the first byte that is no UTF-8, its position (``size``: none), and text that was spoilt before.

    Rows of the last: replacement characters, text encoded twice; columns: how often, position and line of the first.
    """
    lines, zeros, spoilt = 0, 0, np.zeros((2, 3), dtype=np.int64)
    i, stop = np.uint64(0), np.uint64(size)
    while i < stop:
        word = word_at(data, i)
        while (word | ((word - _SIXTEENS) & ~word)) & _HIGH == 0:  # no control character, ASCII alone; the line feed behind the text ends this
            i += _EIGHT
            word = word_at(data, i)
        if i >= stop:
            break
        byte = data[i]
        if byte < 0x80:
            if byte == _LF or (byte == _CR and data[i + _ONE] != _LF):
                lines += 1
            zeros += byte == 0
            i += _ONE
            continue
        length = sequence(data, i)
        if length == 0:
            return lines, zeros, np.int64(i), spoilt
        kind = -1
        if byte == 0xEF and data[i + _ONE] == 0xBF and data[i + _TWO] == 0xBD:
            kind = 0
        elif encoded_twice(data, i):
            kind = 1
        if kind >= 0:
            if spoilt[kind, 0] == 0:
                spoilt[kind, 1], spoilt[kind, 2] = i, lines + 1
            spoilt[kind, 0] += 1
        i += np.uint64(length)
    return lines, zeros, size, spoilt


@kernel
def next_quote(data: Bytes, i: Position) -> Position:
    """Position of the first quote at or behind ``i``."""
    while True:
        other = word_at(data, i) ^ _QUOTES  # a quote becomes 0; the lowest high bit set below marks the first
        zero = (other - _ONES) & ~other & _HIGH
        if zero:
            return i + (trailing_zeros(zero) >> np.uint64(3))
        i += _EIGHT


@kernel
def tokens(
    data: Bytes, begin: int, size: int, delimiter: int, slots: npt.NDArray[np.int64], wanted: int, capacity: int
) -> tuple[npt.NDArray, npt.NDArray, npt.NDArray, npt.NDArray, int, Any]:
    """Cut the text into records and cells.

    Returns where the wanted cells start and end (cell × record; column ``c`` goes to row ``slots[c]`` unless that is negative), where records
    begin, their numbers of cells (or what is wrong with them), the number of records, and where it stopped. Lines without a character are
    no records.
    """
    starts = np.empty((wanted, capacity), dtype=np.uint32)
    ends = np.empty((wanted, capacity), dtype=np.uint32)
    begins = np.empty(capacity, dtype=np.uint32)
    cells = np.empty(capacity, dtype=np.int32)
    between, columns = np.uint8(delimiter), len(slots)
    i, stop = np.uint64(begin), np.uint64(size)
    record = 0
    while i < stop and record < capacity:
        if data[i] == _LF or data[i] == _CR:
            i += _ONE
            continue
        begins[record] = i
        column, wrong = 0, 0
        while True:
            quoted = data[i] == _QUOTE
            if quoted:
                i += _ONE
                start = i
                i = next_quote(data, i)
                while data[i + _ONE] == _QUOTE and i + _ONE < stop:
                    i = next_quote(data, i + _TWO)
                if i >= stop:
                    wrong, i = OPEN, stop
                end = i
                i += np.uint64(i < stop)
            else:
                start = i
            byte = data[i]
            while byte != between and byte != _LF and byte != _CR:  # noqa: PLR1714
                if quoted or byte == _QUOTE:
                    wrong = TORN
                i += _ONE
                byte = data[i]
            if not quoted:
                end = i
            if column < columns and slots[column] >= 0:
                starts[slots[column], record] = start
                ends[slots[column], record] = end
            column += 1
            if byte != between:
                break
            i += _ONE
        cells[record] = wrong or column
        record += 1
    return starts, ends, begins, cells, record, np.int64(i)


@kernel
def trim(data: Bytes, starts: Offsets, ends: Offsets) -> npt.NDArray[np.int64]:
    """Take blanks and control characters from both ends of the cells, in place; number of cells changed, by row."""
    changed = np.zeros(len(starts), dtype=np.int64)
    for row in range(len(starts)):
        for k in range(starts.shape[1]):
            start, end = np.uint64(starts[row, k]), np.uint64(ends[row, k])
            if start == end or (data[start] > 32 and data[end - _ONE] > 32):
                continue
            while start < end and data[start] <= 32:
                start += _ONE
            while start < end and data[end - _ONE] <= 32:
                end -= _ONE
            starts[row, k], ends[row, k] = start, end
            changed[row] += 1
    return changed


@kernel
def upto(data: Bytes, i: Position, end: Position) -> Position:
    """The bytes from ``i`` to ``end``, at most eight, zeros behind them."""
    word = word_at(data, i)
    left = end - i
    return word if left >= _EIGHT else word & ((_ONE << (left * _EIGHT)) - _ONE)


@kernel
def factorized(data: Bytes, starts: Offsets, ends: Offsets) -> tuple[npt.NDArray[np.int32], Offsets]:
    """Codes of the cells of a column, in the order in which they first occur, and the record in which each first occurs."""
    n = len(starts)
    room = 16
    while room < 2 * n:
        room *= 2
    mask = np.uint64(room - 1)
    table = np.full(room, -1, dtype=np.int32)
    codes = np.empty(n, dtype=np.int32)
    hashes = np.empty(n, dtype=np.uint64)
    first = np.empty(n, dtype=np.uint32)
    found = 0
    for k in range(n):
        start, end = np.uint64(starts[k]), np.uint64(ends[k])
        value = _BASIS ^ (end - start)
        for at in range(start, end, _EIGHT):
            value = (value ^ upto(data, at, end)) * _PRIME
            value ^= value >> np.uint64(32)
        place = value & mask
        while True:
            code = table[place]
            if code < 0:
                table[place] = found
                hashes[found] = value
                first[found] = k
                codes[k] = found
                found += 1
                break
            if hashes[code] == value:
                other = np.uint64(starts[first[code]])
                same = np.uint64(ends[first[code]]) - other == end - start
                i: Any = start
                while same and i < end:
                    same = upto(data, i, end) == upto(data, other, other + (end - i))
                    i += _EIGHT
                    other += _EIGHT
                if same:
                    codes[k] = code
                    break
            place = (place + _ONE) & mask
    return codes, first[:found].copy()


@kernel
def gathered(data: Bytes, starts: Offsets, ends: Offsets, chosen: Offsets) -> Bytes:
    """The bytes of chosen cells, doubled quotes made single, a NUL behind each."""
    room: Any = len(chosen)
    for k in chosen:
        room += np.int64(ends[k]) - np.int64(starts[k])
    out = np.empty(room, dtype=np.uint8)
    place = np.uint64(0)
    for k in chosen:
        i, end = np.uint64(starts[k]), np.uint64(ends[k])
        while i < end:
            out[place] = data[i]
            place += _ONE
            i += _TWO if data[i] == _QUOTE else _ONE
        out[place] = 0
        place += _ONE
    return out[:place].copy()


@kernel
def split_at(data: Bytes, starts: Offsets, ends: Offsets, separator: int) -> Offsets:
    """Where the separator first stands in each cell; the end of the cell where it does not."""
    found = ends.copy()
    for k in range(len(starts)):
        for i in range(np.uint64(starts[k]), np.uint64(ends[k])):
            if data[i] == separator:
                found[k] = i
                break
    return found


@kernel
def numbers(data: Bytes, starts: Offsets, ends: Offsets) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Plain decimal numbers that come out exact to the last bit; NaN for empty cells. And which cells are neither."""
    n = len(starts)
    values = np.full(n, np.nan)
    other = np.zeros(n, dtype=np.bool_)
    for k in range(n):
        start, end = np.uint64(starts[k]), np.uint64(ends[k])
        if start == end:
            continue
        minus = data[start] == _MINUS
        whole: Any = 0
        digits, places = 0, -1
        plain: Any = end - start < 19  # fewer than 19 digits fit
        for i in range(start + np.uint64(minus), end if plain else start):
            if 48 <= data[i] <= 57:
                whole = whole * 10 + (np.int64(data[i]) - 48)
                digits += 1
                places += places >= 0
            elif data[i] == _DOT and places < 0 and digits > 0:
                places = 0
            else:
                plain = False
                break
        if not plain or digits == 0 or whole > _EXACT:
            other[k] = True
            continue
        value = whole / _POWERS[max(places, 0)]
        values[k] = -value if minus else value
    return values, other
