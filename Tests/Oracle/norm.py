"""The group norm of docs/arithmetic.md: sums exact, each step on floats rounded by itself."""

import numpy as np

import shapes
from rounding import FLOAT, clamp, cut, half_even, settle


def group_norm(operation, x):
    source, gamma, beta = operation.inputs
    pictures, height, width, channels = x.shape
    q = (x - source.zero).reshape(pictures, height * width, operation.groups, channels // operation.groups)
    n = q.shape[1] * q.shape[3]
    with np.errstate(all="ignore"):  # an infinity is cut, and a NaN is
        mean, root = statistics(q, n, operation.epsilon / (source.scales[0] * source.scales[0]))
        scale = operation.output.scales[0] if operation.scale is None else operation.scale
        a = gamma.values.reshape(q.shape[2:]) * root / scale
        b = beta.values.reshape(q.shape[2:]) / scale - mean * a
        y = q.astype(FLOAT) * a + b
    if not operation.tables:
        return settle(y, operation.output)
    return clamp(operation.tables[0][half_even(cut(y, -2048, 2047)) + 2048], operation.output)


def statistics(q, n, epsilon):
    """Mean and 1 / √variance of each group, in units of the input's scale; epsilon: in its square."""
    sums = q.sum(axis=(1, 3), keepdims=True)
    variances = n * (q * q).sum(axis=(1, 3), keepdims=True) - sums * sums
    variance = variances.astype(FLOAT) / (FLOAT(n) * FLOAT(n))
    return sums.astype(FLOAT) / FLOAT(n), FLOAT(1) / np.sqrt(variance + epsilon)


KINDS = {shapes.GROUP_NORM: group_norm}
