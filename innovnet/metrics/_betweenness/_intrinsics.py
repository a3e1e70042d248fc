"""Sixteen float64 numbers as one value of a kernel: a row of an array with sixteen columns, called lanes.

Numba unrolls a short loop over the columns of a row before LLVM can make vector instructions of it. These operations are vector instructions to
begin with, compiled for whatever the processor has. They act on each lane by itself with IEEE arithmetic, in a fixed order, so a result has the
same bits on every machine.
"""

from typing import Any

from llvmlite import ir

from innovnet._kernel import intrinsic, models, register_model, types

LANES = 16

_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_CONDITION = ir.VectorType(ir.IntType(1), LANES)
_BITS = ir.IntType(LANES)
_I64 = ir.IntType(64)
_I32 = ir.IntType(32)
_ZERO = ir.Constant(_VECTOR, [0.0] * LANES)


class LanesType(types.Type):
    """The type of such a value, known to kernels only."""

    def __init__(self) -> None:
        super().__init__(name="lanes")


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, front_end_type: Any) -> None:
        super().__init__(manager, front_end_type, _VECTOR)


lanes = LanesType()


def _data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    """Address of the first element of an array."""
    return context.make_array(kind)(context, builder, array).data


def _row(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Address of row ``args[1]`` of the contiguous array ``args[0]``."""
    index = context.cast(builder, args[1], signature.args[1], types.intp)
    rows = builder.bitcast(_data(context, builder, signature.args[0], args[0]), _VECTOR.as_pointer())
    return builder.gep(rows, [index])


def _splat(builder: Any, value: Any) -> Any:
    single = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), value, ir.Constant(_I32, 0))
    return builder.shuffle_vector(single, ir.Constant(_VECTOR, ir.Undefined), ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES))


def _gather(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """The loop of :func:`gather`, and with weights before the rows that of :func:`gather_weighted`. Two sums by turns: half the waiting."""
    ptr, ids, *weights, rows = (_data(context, builder, kind, array) for kind, array in zip(signature.args[:-1], args[:-1], strict=True))
    rows = builder.bitcast(rows, _VECTOR.as_pointer())
    index = context.cast(builder, args[-1], signature.args[-1], types.intp)
    first = builder.load(builder.gep(ptr, [index]))
    last = builder.load(builder.gep(ptr, [builder.add(index, ir.Constant(_I64, 1))]))
    before, loop, after = builder.basic_block, builder.append_basic_block("gather"), builder.append_basic_block("gathered")
    builder.cbranch(builder.icmp_signed("<", first, last), loop, after)
    builder.position_at_end(loop)
    k, x, y = builder.phi(_I64), builder.phi(_VECTOR), builder.phi(_VECTOR)
    row = builder.load(builder.gep(rows, [builder.zext(builder.load(builder.gep(ids, [k])), _I64)]), align=8)
    if weights:
        row = builder.fmul(row, _splat(builder, builder.load(builder.gep(weights[0], [k]))))
    z, following = builder.fadd(x, row), builder.add(k, ir.Constant(_I64, 1))
    for phi, start, onward in ((k, first, following), (x, _ZERO, y), (y, _ZERO, z)):
        phi.add_incoming(start, before)
        phi.add_incoming(onward, loop)
    builder.cbranch(builder.icmp_signed("<", following, last), loop, after)
    builder.position_at_end(after)
    halves = builder.phi(_VECTOR), builder.phi(_VECTOR)
    for phi, found in zip(halves, (y, z), strict=True):
        phi.add_incoming(_ZERO, before)
        phi.add_incoming(found, loop)
    return builder.fadd(*halves)


@intrinsic
def gather(_typing: Any, ptr: Any, ids: Any, rows: Any, i: Any) -> Any:
    """The sum of ``rows[ids[k]]`` over k from ``ptr[i]`` to ``ptr[i + 1]`` - 1."""
    return lanes(ptr, ids, rows, i), _gather


@intrinsic
def gather_weighted(_typing: Any, ptr: Any, ids: Any, weights: Any, rows: Any, i: Any) -> Any:
    """The sum of ``weights[k] * rows[ids[k]]`` over k from ``ptr[i]`` to ``ptr[i + 1]`` - 1."""
    return lanes(ptr, ids, weights, rows, i), _gather


@intrinsic
def load(_typing: Any, rows: Any, i: Any) -> Any:
    """``rows[i]``."""
    return lanes(rows, i), lambda c, b, s, a: b.load(_row(c, b, s, a), align=8)


@intrinsic
def store(_typing: Any, rows: Any, i: Any, row: Any) -> Any:
    """``rows[i] = row``."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _row(context, builder, signature, args), align=8)
        return context.get_dummy_value()

    return types.void(rows, i, row), code


@intrinsic
def splat(_typing: Any, _value: Any) -> Any:
    """The number in every lane."""
    return lanes(types.float64), lambda _c, b, _s, a: _splat(b, a[0])


@intrinsic
def add(_typing: Any, x: Any, y: Any) -> Any:
    """``x + y``."""
    return lanes(x, y), lambda _c, b, _s, a: b.fadd(*a)


@intrinsic
def multiply(_typing: Any, x: Any, y: Any) -> Any:
    """``x * y``."""
    return lanes(x, y), lambda _c, b, _s, a: b.fmul(*a)


@intrinsic
def divide(_typing: Any, x: Any, y: Any) -> Any:
    """``x / y``."""
    return lanes(x, y), lambda _c, b, _s, a: b.fdiv(*a)


@intrinsic
def nonzero(_typing: Any, x: Any) -> Any:
    """Which lanes are not 0 (NaN is not), as the bits of a number."""
    return types.uint16(x), lambda _c, b, _s, a: b.bitcast(b.fcmp_unordered("!=", a[0], _ZERO), _BITS)


@intrinsic
def keep(_typing: Any, x: Any, _bits: Any) -> Any:
    """``x`` in the lanes of the bits, 0 in the others: a choice, so that NaN and infinity in the others do not spread."""
    return lanes(x, types.uint16), lambda _c, b, _s, a: b.select(b.bitcast(a[1], _CONDITION), a[0], _ZERO)


@intrinsic
def total(_typing: Any, x: Any) -> Any:
    """The sum over the lanes, halves onto halves: for four it would be (0 + 2) + (1 + 3)."""

    def code(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        parts = [builder.extract_element(args[0], ir.Constant(_I32, k)) for k in range(LANES)]
        while len(parts) > 1:
            half = len(parts) // 2
            parts = [builder.fadd(parts[k], parts[k + half]) for k in range(half)]
        return parts[0]

    return types.float64(x), code
