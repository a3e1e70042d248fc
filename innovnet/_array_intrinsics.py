"""What kernels can say of an array: that an element of it is read soon, and that it will not be written."""

from typing import Any

from llvmlite import ir

from innovnet._kernel import impl_ret_borrowed, intrinsic, types

_I32, _BYTES = ir.IntType(32), ir.IntType(8).as_pointer()
_READ, _KEEP, _DATA = (ir.Constant(_I32, k) for k in (0, 3, 1))


@intrinsic
def prefetch(_typing: Any, array: Any, index: Any) -> Any:
    """Fetch ``array[index]`` (of a matrix: the row) into the cache, without waiting for it.

    Where partners are all over a large world, most of the time is waiting for memory. It changes no result, and does not fault beyond the end of an array.
    """

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, args[0])
        at = context.cast(builder, args[1], signature.args[1], types.intp)
        step = builder.extract_value(made.strides, 0)
        address = builder.gep(builder.bitcast(made.data, _BYTES), [builder.mul(at, step)])
        kind = ir.FunctionType(ir.VoidType(), [_BYTES, _I32, _I32, _I32])
        builder.call(builder.module.declare_intrinsic("llvm.prefetch", [_BYTES], kind), [address, _READ, _KEEP, _DATA])
        return context.get_dummy_value()

    return types.void(array, index), code


@intrinsic
def readonly(_typing: Any, array: Any) -> Any:
    """The array as one that is not written: the type that kernels have which are also called from Python."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return impl_ret_borrowed(context, builder, signature.return_type, args[0])

    return array.copy(readonly=True)(array), code
