"""Sums over the eight fields of knowledge of two places, as vector instructions.

Numba unrolls a loop over eight fields before LLVM can make vector instructions of it. The sums are taken as a tree, ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)),
in IEEE arithmetic: the same bits on every machine.
"""

from typing import Any

from llvmlite import ir

from innovnet._kernel import intrinsic, types
from innovnet.simulate._participation._numbers import FIELDS

_F32, _I32 = ir.FloatType(), ir.IntType(32)
_VECTOR = ir.VectorType(_F32, FIELDS)
_ZERO = ir.Constant(_VECTOR, [0.0] * FIELDS)


def _row(context: Any, builder: Any, signature: Any, args: Any, position: int) -> Any:
    """Row ``args[position]`` of the contiguous array ``args[0]``."""
    index = context.cast(builder, args[position], signature.args[position], types.intp)
    rows = builder.bitcast(context.make_array(signature.args[0])(context, builder, args[0]).data, _VECTOR.as_pointer())
    return builder.load(builder.gep(rows, [index]), align=4)


def _sum(builder: Any, vector: Any) -> Any:
    """The sum of the fields, by halves."""
    for width in (FIELDS // 2, FIELDS // 4, 1):
        upper, lower = ([ir.Constant(_I32, start + k) for k in range(width)] for start in (width, 0))
        kind = ir.VectorType(_I32, width)
        halves = [builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), ir.Constant(kind, half)) for half in (lower, upper)]
        vector = builder.fadd(*halves)
    return builder.extract_element(vector, ir.Constant(_I32, 0))


def _both(context: Any, builder: Any, signature: Any, args: Any) -> tuple[Any, Any, Any, Any]:
    """The rows of the two places, their lesser and their greater fields."""
    mine, theirs = (_row(context, builder, signature, args, position) for position in (1, 2))
    less = builder.fcmp_ordered("<", mine, theirs)
    return mine, theirs, builder.select(less, mine, theirs), builder.select(less, theirs, mine)


@intrinsic
def overlap_sums(_typing: Any, knowledge: Any, i: Any, j: Any) -> Any:
    """(Σ min, Σ max) of the fields of places i and j."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _, _, least, most = _both(context, builder, signature, args)
        return context.make_tuple(builder, signature.return_type, [_sum(builder, least), _sum(builder, most)])

    return types.UniTuple(types.float32, 2)(knowledge, i, j), code  # type: ignore[attr-defined]


@intrinsic
def likeness_sums(_typing: Any, knowledge: Any, i: Any, j: Any) -> Any:
    """(Σ min, Σ max, Σ max(0, v_j − v_i), Σ v_i) of the fields of places i and j."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        mine, theirs, least, most = _both(context, builder, signature, args)
        ahead = builder.fsub(theirs, mine)
        gain = builder.select(builder.fcmp_ordered(">", ahead, _ZERO), ahead, _ZERO)
        return context.make_tuple(builder, signature.return_type, [_sum(builder, vector) for vector in (least, most, gain, mine)])

    return types.UniTuple(types.float32, 4)(knowledge, i, j), code  # type: ignore[attr-defined]
