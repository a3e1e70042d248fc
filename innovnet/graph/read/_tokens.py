"""Kernels over the bytes of a delimited text: check, cut into cells, tell cells apart, read numbers.

The bytes come in a buffer that holds, right behind the text, a line feed and a quote: the one ends any cell, the other any search for a quote.
"""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
Offsets = npt.NDArray[np.uint32]

_ONES, _HIGH, _QUOTES, _BELOW = (np.uint64(0x0101010101010101 * byte) for byte in (0x01, 0x80, 0x22, 0x10))
_LF, _CR, _QUOTE = np.uint8(10), np.uint8(13), np.uint8(34)
TORN, OPEN = -1, -2  #: in place of a number of cells: a quote inside a cell, a quote that is not closed


@kernel
def sequence(data: Bytes, i: int) -> int:
    """Length of the UTF-8 sequence of more than one byte at ``i``; 0 where it is none."""
    lead, second = data[i], data[i + 1]
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
        if data[i + k] < 0x80 or data[i + k] > 0xBF:
            return 0
    return length


@kernel
def encoded_twice(data: Bytes, i: int) -> bool:
    """Whether the character at ``i`` and the next look like UTF-8 that was taken for Latin and encoded again, as in ``UniversitÃ©``."""
    if data[i] != 0xC3:
        return False
    if data[i + 1] == 0xA2:  # â€
        return data[i + 2] == 0xE2 and data[i + 3] == 0x82 and data[i + 4] == 0xAC
    if data[i + 1] < 0x82 or data[i + 1] > 0x85 or data[i + 2] != 0xC2:  # Â Ã Ä Å
        return False
    return data[i + 1] == 0x82 or data[i + 3] != 0xA0  # a fixed space behind a letter is common, behind Â it is not


@kernel
def inspected(data: Bytes, words: Words, size: int) -> tuple[int, int, int, int, int, int]:
    """Line ends; position of the first byte that is no UTF-8 (``size``: none); replacement characters and the first; text encoded twice and the first."""
    lines, replaced, replaced_at, doubled, doubled_at = 0, 0, size, 0, size
    i = 0
    while i < size:
        if i & 7 == 0 and i + 8 <= size:
            word = words[i >> 3]
            if (word | ((word - _BELOW) & ~word)) & _HIGH == 0:
                i += 8
                continue
        byte = data[i]
        if byte < 0x80:
            lines += byte in {10, 13}
            i += 1
            continue
        length = sequence(data, i)
        if length == 0:
            return lines, i, replaced, replaced_at, doubled, doubled_at
        if byte == 0xEF and data[i + 1] == 0xBF and data[i + 2] == 0xBD:
            replaced += 1
            replaced_at = min(replaced_at, i)
        elif encoded_twice(data, i):
            doubled += 1
            doubled_at = min(doubled_at, i)
        i += length
    return lines, size, replaced, replaced_at, doubled, doubled_at


@kernel
def next_quote(data: Bytes, words: Words, i: int) -> int:
    """Position of the first quote at or behind ``i``."""
    while i & 7:
        if data[i] == _QUOTE:
            return i
        i += 1
    while True:
        other = words[i >> 3] ^ _QUOTES
        if (other - _ONES) & ~other & _HIGH:
            break
        i += 8
    while data[i] != _QUOTE:
        i += 1
    return i


@kernel
def tokens(
    data: Bytes, words: Words, begin: int, size: int, delimiter: int, slots: npt.NDArray[np.int64], wanted: int, capacity: int
) -> tuple[Offsets, Offsets, Offsets, npt.NDArray[np.int32], int, int]:
    """Cut the text into records and cells.

    Returns where the wanted cells start and end (cell × record; column ``c`` goes to row ``slots[c]`` unless that is negative), where records
    begin, their numbers of cells (or what is wrong with them), the number of records, and where it stopped. Lines without a character are
    no records.
    """
    starts = np.empty((wanted, capacity), dtype=np.uint32)
    ends = np.empty((wanted, capacity), dtype=np.uint32)
    begins = np.empty(capacity, dtype=np.uint32)
    cells = np.empty(capacity, dtype=np.int32)
    record, i = 0, begin
    while i < size and record < capacity:
        if data[i] == _LF or data[i] == _CR:
            i += 1
            continue
        begins[record] = i
        column, wrong = 0, 0
        while True:
            if data[i] == _QUOTE:
                i += 1
                start = i
                i = next_quote(data, words, i)
                while data[i + 1] == _QUOTE and i + 1 < size:
                    i = next_quote(data, words, i + 2)
                if i >= size:
                    wrong, i = OPEN, size
                    end = size
                else:
                    end = i
                    i += 1
            else:
                start = i
                end = -1
            while data[i] != delimiter and data[i] != _LF and data[i] != _CR:
                if data[i] == _QUOTE or end >= 0:
                    wrong = TORN
                i += 1
            if end < 0:
                end = i
            if column < len(slots) and slots[column] >= 0:
                starts[slots[column], record] = start
                ends[slots[column], record] = end
            column += 1
            if data[i] != delimiter or i >= size:
                break
            i += 1
        cells[record] = wrong if wrong else column
        record += 1
    return starts, ends, begins, cells, record, i


@kernel
def trim(data: Bytes, starts: Offsets, ends: Offsets) -> npt.NDArray[np.int64]:
    """Take blanks and control characters from both ends of the cells, in place; number of cells changed, by row."""
    changed = np.zeros(len(starts), dtype=np.int64)
    for row in range(len(starts)):
        for k in range(starts.shape[1]):
            start, end = starts[row, k], ends[row, k]
            if start == end or (data[start] > 32 and data[end - 1] > 32):
                continue
            while start < end and data[start] <= 32:
                start += np.uint32(1)
            while start < end and data[end - 1] <= 32:
                end -= np.uint32(1)
            starts[row, k], ends[row, k] = start, end
            changed[row] += 1
    return changed


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
        start, end = starts[k], ends[k]
        value = np.uint64(0xCBF29CE484222325)
        for i in range(start, end):
            value = (value ^ np.uint64(data[i])) * np.uint64(0x100000001B3)
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
                other = starts[first[code]]
                same = ends[first[code]] - other == end - start
                i = start
                while same and i < end:
                    same = data[i] == data[other + (i - start)]
                    i += np.uint32(1)
                if same:
                    codes[k] = code
                    break
            place = (place + np.uint64(1)) & mask
    return codes, first[:found].copy()


@kernel
def gathered(data: Bytes, starts: Offsets, ends: Offsets, chosen: Offsets) -> Bytes:
    """The bytes of chosen cells, doubled quotes made single, a NUL behind each."""
    room = len(chosen)
    for k in chosen:
        room += np.int64(ends[k]) - np.int64(starts[k])
    out = np.empty(room, dtype=np.uint8)
    place = 0
    for k in chosen:
        i = starts[k]
        while i < ends[k]:
            out[place] = data[i]
            place += 1
            i += np.uint32(2 if data[i] == _QUOTE else 1)
        out[place] = 0
        place += 1
    return out[:place].copy()


@kernel
def numbers(data: Bytes, starts: Offsets, ends: Offsets) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Plain decimal numbers of at most 15 digits, exact to the last bit; NaN for empty cells. And which cells are neither."""
    n = len(starts)
    values = np.full(n, np.nan)
    other = np.zeros(n, dtype=np.bool_)
    powers = 10.0 ** np.arange(16)
    for k in range(n):
        start, end = starts[k], ends[k]
        if start == end:
            continue
        minus = data[start] == 45
        whole, digits, places = 0, 0, -1
        for i in range(start + minus, end):
            if 48 <= data[i] <= 57:
                whole = whole * 10 + (np.int64(data[i]) - 48)
                digits += 1
                places += places >= 0
            elif data[i] == 46 and places < 0 and digits:
                places = 0
            else:
                digits = 16
            if digits > 15:
                break
        if digits == 0 or digits > 15:
            other[k] = True
            continue
        value = whole / powers[max(places, 0)]
        values[k] = -value if minus else value
    return values, other
