"""From numbers to the values of a tensor, as docs/arithmetic.md says."""

import numpy as np

FLOAT = np.float32


def half_even(values):
    return np.rint(values).astype(np.int64)


def clamp(values, tensor):
    return np.clip(values, tensor.low, tensor.high).astype(tensor.type)


def cut(values, low, high):
    """Floats cut to what can become an integer; a NaN to the lower end."""
    return np.where(np.isnan(values), FLOAT(low), np.clip(values, FLOAT(low), FLOAT(high)))


def settle(values, tensor):
    """The elements of a tensor from floats that nothing bounds."""
    steps = half_even(cut(values, tensor.low - tensor.zero, tensor.high - tensor.zero))
    return clamp(steps + tensor.zero, tensor)


def scaled(x, tensor, output):
    """What x of a tensor is in steps of the output: a quotient of scales, and a product."""
    with np.errstate(over="ignore", invalid="ignore"):  # an infinity is cut, and a NaN is
        return (x - tensor.zero).astype(FLOAT) * (tensor.scales / output.scales)
