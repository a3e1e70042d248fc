"""Eight bytes at a time: two operations that kernels over text are built on."""

import sys
from typing import Any

from llvmlite import ir

from innovnet._kernel import intrinsic, types


def _word_at(_context: Any, data: Any, _i: Any) -> Any:
    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(array.data, [arguments[1]]), ir.IntType(64).as_pointer())
        word = builder.load(place, align=1)
        return word if sys.byteorder == "little" else builder.bswap(word)

    return types.uint64(data, types.uint64), write


def _trailing_zeros(_context: Any, _word: Any) -> Any:
    def write(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), write


#: ``word_at(data, i)``: the eight bytes at any position, the first of them lowest. They must lie within the array.
word_at: Any = intrinsic(_word_at)
#: ``trailing_zeros(word)``: the number of zero bits below the lowest one of a word that has one.
trailing_zeros: Any = intrinsic(_trailing_zeros)
