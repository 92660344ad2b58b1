"""The operations that rescale, join two tensors, look up and move values, as docs/arithmetic.md says."""

import numpy as np

import shapes
from later_shapes import DIFFERENCE, MAXIMUM, MINIMUM, PRODUCT, SUM
from rounding import FLOAT, clamp, dequantize, quantize, scaled, settle


def rescale(operation, x):
    return settle(scaled(x, operation.inputs[0], operation.output), operation.output)


def addition(operation, a, b):
    first, second = operation.inputs
    output = operation.output
    with np.errstate(invalid="ignore", over="ignore"):
        return settle(scaled(a, first, output) + scaled(b, second, output), output)


def arithmetic(operation, *given):
    """given: the inputs that are no constants."""
    given, output = iter(given), operation.output
    values = [x.values.astype(np.int64) if x.home == 2 else next(given) for x in operation.inputs]
    (a, first), (b, second) = zip(values, operation.inputs, strict=True)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        if operation.function == PRODUCT:
            exact = (a - first.zero) * (b - second.zero)
            return settle(exact.astype(FLOAT) * (first.scales * second.scales / output.scales), output)
        a, b = scaled(a, first, output), scaled(b, second, output)
        functions = {
            SUM: lambda: a + b,
            DIFFERENCE: lambda: a - b,
            MINIMUM: lambda: np.where(a < b, a, b),
            MAXIMUM: lambda: np.where(a > b, a, b),
        }
        return settle(functions[operation.function](), output)


def interpolated_table(operation, x):
    entries = operation.tables[0].astype(np.int64)
    k, f = np.divmod(x + 32768, 64)
    return clamp((entries[k] * (64 - f) + entries[k + 1] * f + 32) >> 6, operation.output)


def upsampling(operation, x):
    down, across = operation.factors
    return moved(operation, x.repeat(down, axis=1).repeat(across, axis=2))


def concatenation(operation, *pictures):
    return moved(operation, np.concatenate(pictures, axis=3))


def embedding(operation, indices):
    return moved(operation, operation.inputs[1].values[indices])


def rearrangement(operation, x):
    """Each element by the sum of its axes' places in the input; the fill value where one of them is none."""
    places, there = np.zeros((), np.int64), np.ones((), bool)
    for axis in operation.tables:
        places = places[..., np.newaxis] + np.maximum(axis, 0)
        there = there[..., np.newaxis] & (axis >= 0)
    return moved(operation, np.where(there, x.reshape(-1)[np.where(there, places, 0)], operation.fill))


def quantization(operation, x):
    return quantize(x, operation.output)


def dequantization(operation, x):
    return dequantize(x, operation.inputs[0])


def moved(operation, values):
    """Values that do not change: so they are not clamped either."""
    return values.astype(operation.output.type)


def time_embedding(operation, steps):
    frequencies, table = operation.tables
    phases = steps[:, np.newaxis] * frequencies.astype(np.int64) % (1 << 32)  # below 2⁴⁸: steps have 16 bits
    phases = np.concatenate([phases, (phases + (1 << 30)) % (1 << 32)], axis=1)
    return clamp((sine(table.astype(np.int64), phases) + (1 << 14)) >> 15, operation.output)


def sine(table, phases):
    i, f = np.divmod(phases, 1 << 22)
    return table[i] + ((table[i + 1] - table[i]) * f >> 22)


def sines():
    """The table of a time embedding: half_even(2³⁰·sin(2π·i/1024)), i = 0 … 1024."""
    return np.rint(2.0**30 * np.sin(2 * np.pi * np.arange(1025) / 1024)).astype("<i4")


KINDS = {
    shapes.INTERPOLATED_TABLE: interpolated_table,
    shapes.RESCALE: rescale,
    shapes.UPSAMPLING: upsampling,
    shapes.CONCATENATION: concatenation,
    shapes.ADDITION: addition,
    shapes.EMBEDDING: embedding,
    shapes.REARRANGEMENT: rearrangement,
    shapes.QUANTIZATION: quantization,
    shapes.DEQUANTIZATION: dequantization,
    shapes.TIME_EMBEDDING: time_embedding,
    shapes.QUANTIZED_ARITHMETIC: arithmetic,
}
