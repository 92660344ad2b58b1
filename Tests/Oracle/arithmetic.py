"""What an int8 model computes, to the bit, as docs/arithmetic.md says. Written from that page alone.

Floats are numpy float32 arrays, and numpy rounds each operation on those by itself; integers are exact.
"""

import numpy as np

import joining
import norm
import rounding
import shapes
from rounding import FLOAT, clamp, dequantize, half_even, settle

LOGITS = 1


def compute(operation, *inputs):
    """The logical output of an operation; inputs: its logical inputs that are no constants."""
    kinds = {
        shapes.CONVOLUTION: convolution,
        shapes.CONVOLUTION_WITH_ADDEND: convolution,
        shapes.DENSE: dense,
        shapes.AVERAGE_POOL: average_pool,
        shapes.MAX_POOL: max_pool,
        shapes.TABLE: table,
        shapes.SOFTMAX: softmax,
        **joining.KINDS,
        **norm.KINDS,
    }
    inputs = [x if x.dtype == FLOAT else x.astype(np.int64) for x in inputs]
    return kinds[operation.kind](operation, *inputs).reshape(operation.output.shape)


def convolution(operation, x, addend=None):
    weights = operation.inputs[1].values
    differences = x - operation.inputs[0].zero  # so padding, which reads the zero point, adds nothing
    seen = np.split(windows(operation, differences, 0), operation.groups, axis=-1)
    parts = np.split(weights, operation.groups)  # each group has its outputs and its inputs
    rows = [multiply(x.reshape(-1, w[0].size), w) for x, w in zip(seen, parts, strict=True)]
    return requantize(operation, np.concatenate(rows, axis=1), addend)


def dense(operation, x):
    weights = operation.inputs[1]
    return requantize(operation, multiply(x.reshape(-1, weights.shape[1]) - operation.inputs[0].zero, weights.values))


def multiply(differences, weights):
    """Rows of x − z_in, one for each output pixel, by the weights of each output channel."""
    # In float64 for speed; exact, because the format keeps every partial sum below 2³¹.
    products = differences.astype(float) @ weights.reshape(len(weights), -1).T.astype(float)
    return products.astype(np.int64)


def requantize(operation, sums, addend=None):
    """sums: of products, a row for each output pixel; bias and scale are still to come."""
    source, weights, bias = operation.inputs[:3]
    sums = sums + bias.values
    multiplier = (source.scales * weights.scales) / operation.output.scales
    products = sums.astype(FLOAT) * multiplier
    if addend is None:
        return clamp(half_even(products) + operation.output.zero, operation.output, operation.highest)
    tensor, pictures = operation.inputs[3], operation.output.shape[0]
    addend = addend.reshape(pictures, -1, products.shape[1])  # with one row, or with one for each pixel
    products = products.reshape(pictures, -1, products.shape[1])
    values = products + rounding.scaled(addend, tensor, operation.output)
    return rounding.settle(values, operation.output, operation.highest)


def max_pool(operation, x):
    # A window always holds a pixel of the picture, and nothing is below −128.
    return clamp(windows(operation, x, -128).max(axis=(3, 4)), operation.output)


def average_pool(operation, x):
    tensor, output = operation.inputs[0], operation.output
    if (tensor.scales, tensor.zero) != (output.scales, output.zero):
        return scaled_average(operation, x)
    padded = operation.inputs[0].zero if operation.counts_padding else 0
    sums = windows(operation, x, padded).sum(axis=(3, 4))
    count = windows(operation, np.ones_like(x), operation.counts_padding).sum(axis=(3, 4))
    return clamp(np.sign(sums) * ((np.abs(sums) + count // 2) // count), operation.output)


def scaled_average(operation, x):
    tensor, output = operation.inputs[0], operation.output
    sums = windows(operation, x - tensor.zero, 0).sum(axis=(3, 4))
    count = windows(operation, np.ones_like(x), operation.counts_padding).sum(axis=(3, 4))
    factor = tensor.scales / (output.scales * count.astype(FLOAT))
    return settle(sums.astype(FLOAT) * factor, output)


def windows(operation, x, fill):
    """What the window sees: [picture, output row, output column, window row, window column, channel]."""
    top, left, bottom, right = operation.padding
    (height, width), (down, across) = operation.window, operation.dilation
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=fill)
    extent = (height - 1) * down + 1, (width - 1) * across + 1
    view = np.lib.stride_tricks.sliding_window_view(padded, extent, axis=(1, 2))
    view = view[:, :: operation.stride[0], :: operation.stride[1], :, ::down, ::across]
    return view.transpose(0, 1, 2, 4, 5, 3)


def table(operation, x):
    return clamp(operation.tables[0][x + 128], operation.output)


def softmax(operation, x):
    output = operation.output
    powers = operation.tables[0][x.max(axis=-1, keepdims=True) - x]
    sums = powers.sum(axis=-1, keepdims=True, dtype=np.int64)
    factor = (FLOAT(1) / output.scales) / sums.astype(FLOAT)
    return clamp(half_even(powers.astype(FLOAT) * factor) + output.zero, output)


def exponentials(scale):
    """The table of a softmax: round(2²³·exp(−scale·d)), d = 0 … 255."""
    return np.rint(2.0**23 * np.exp(-float(scale) * np.arange(256))).astype("<i4")


def scores(values, record):
    """What an output means for each class; record: of section output."""
    values = values.ravel().astype(np.int64)
    if record.meaning != LOGITS:
        return dequantize(values, record.tensor)
    powers = record.table[values.max() - values]
    return powers.astype(FLOAT) / FLOAT(powers.sum(dtype=np.int64))
