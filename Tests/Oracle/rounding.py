"""From numbers to the values of a tensor, as docs/arithmetic.md says."""

import numpy as np

FLOAT = np.float32


def half_even(values):
    return np.rint(values).astype(np.int64)


def clamp(values, tensor, high=None):
    """Cut to the bounds of a tensor; high: in the place of its upper one, one for each of the last axis."""
    return np.clip(values, tensor.low, tensor.high if high is None else high).astype(tensor.type)


def cut(values, low, high):
    """Floats cut to what can become an integer; a NaN to the lower end."""
    return np.where(np.isnan(values), FLOAT(low), np.clip(values, FLOAT(low), np.asarray(high, FLOAT)))


def settle(values, tensor, high=None):
    """The elements of a tensor from floats that nothing bounds; high: as of clamp."""
    high = tensor.high if high is None else high
    steps = half_even(cut(values, tensor.low - tensor.zero, high - tensor.zero))
    return clamp(steps + tensor.zero, tensor, high)


def scaled(x, tensor, output):
    """What x of a tensor is in steps of the output: a quotient of scales, and a product."""
    with np.errstate(over="ignore", invalid="ignore"):  # an infinity is cut, and a NaN is
        return (x - tensor.zero).astype(FLOAT) * (tensor.scales / output.scales)


def quantize(reals, tensor):
    """The values of a tensor from reals, as they come from NumPy files; a NaN becomes the zero point."""
    with np.errstate(over="ignore"):  # an infinity is cut like any other large number
        steps = np.rint(reals / tensor.scales).astype(float)  # float64, where adding the zero point is exact
    low, high = (-128, 127) if tensor.type.itemsize == 1 else (-32767, 32767)
    return np.clip(np.where(np.isnan(reals), 0, steps) + tensor.zero, low, high).astype(tensor.type)


def dequantize(values, tensor):
    return (values.astype(np.int64) - tensor.zero).astype(FLOAT) * tensor.scales
