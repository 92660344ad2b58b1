"""What docs/edge-format.md asks of the tensors of each operation. Names the parameters, too."""

import math
import re

import numpy as np

import later_shapes
from container import require

CONVOLUTION, DENSE, AVERAGE_POOL, MAX_POOL, TABLE, SOFTMAX = range(1, 7)
CONVOLUTION_WITH_ADDEND, GROUP_NORM, INTERPOLATED_TABLE, RESCALE, UPSAMPLING = range(7, 12)
CONCATENATION, ADDITION, EMBEDDING, TIME_EMBEDDING, QUANTIZED_ARITHMETIC, REARRANGEMENT = range(12, 18)
QUANTIZATION, DEQUANTIZATION = 37, 38
WEIGHTED = CONVOLUTION, DENSE, CONVOLUTION_WITH_ADDEND
PIXELS = CONVOLUTION, CONVOLUTION_WITH_ADDEND, AVERAGE_POOL, MAX_POOL  # what works pixel by pixel
MOVES = UPSAMPLING, CONCATENATION, EMBEDDING, REARRANGEMENT


def check(model, operation):
    kinds = {
        CONVOLUTION: convolution,
        DENSE: dense,
        AVERAGE_POOL: pool,
        MAX_POOL: pool,
        TABLE: table,
        SOFTMAX: softmax,
        CONVOLUTION_WITH_ADDEND: convolution_with_addend,
        **later_shapes.KINDS,
    }
    require(operation.kind in kinds, f"{operation.name}: kind {operation.kind}")
    # 1 is the arena: what an operation computes with is there, weights and biases are constants.
    homes = "".join(str(tensor.home) for tensor in operation.inputs)
    expected = HOMES.get(operation.kind, "1")
    require(re.fullmatch(expected, homes), f"{operation.name}: homes {homes} of its inputs, not {expected}")
    require(operation.output.home == 1, f"{operation.name}: a constant output")
    check_elements(operation)
    pixel_by_pixel = operation.kind in PIXELS
    require(pixel_by_pixel or not operation.output.stride, f"{operation.name}: writes a part")
    reads_parts = any(tensor.home == 1 and tensor.stride for tensor in operation.inputs)
    require(pixel_by_pixel or operation.kind == CONCATENATION or not reads_parts, f"{operation.name}: reads a part")
    operation.tables = []  # what its parameters refer to
    kinds[operation.kind](model, operation)


# The homes of the inputs of a kind, as an expression; one in the arena if none is said.
HOMES = {
    CONVOLUTION: "1222?",
    DENSE: "1222?",
    CONVOLUTION_WITH_ADDEND: "12212?",
    GROUP_NORM: "122",
    CONCATENATION: "1{2,8}",
    ADDITION: "11",
    EMBEDDING: "12",
    QUANTIZED_ARITHMETIC: "11|12|21",
}


def check_elements(operation):
    """The types of what an operation computes with, constants left out."""
    inputs = {tensor.element for tensor in operation.inputs if tensor.home == 1}
    output = operation.output.element
    I8, I16, I32, F32 = 2, 4, 6, 12
    if AVERAGE_POOL <= operation.kind <= SOFTMAX:
        fits = inputs == {output} == {I8}
    elif operation.kind == INTERPOLATED_TABLE:
        fits = inputs == {output} == {I16}
    elif operation.kind in (EMBEDDING, TIME_EMBEDDING):
        fits = inputs == {I32} and output == I16
    elif operation.kind == QUANTIZATION:
        fits = inputs == {F32} and output in (I8, I16)
    elif operation.kind == DEQUANTIZATION:
        fits = inputs <= {I8, I16} and output == F32
    elif operation.kind in MOVES:
        fits = inputs == {output} and output in (I8, I16)
    else:
        fits = inputs | {output} <= {I8, I16}
    require(fits, f"{operation.name}: elements {inputs} to {output}")


def convolution(model, operation):
    picture, weights = operation.inputs[:2]
    operation.stride, operation.padding, operation.dilation, [groups] = split(operation, 2, 4, 2, 1)
    require(groups == 1 or (groups > 1 and model.minor >= 2), f"{operation.name}: {groups} groups")
    operation.groups = groups
    require(max(operation.stride + operation.dilation) <= 4096, f"{operation.name}: a stride or dilation above 4,096")
    require(len(weights.shape) == 4, f"{operation.name}: weights of rank {len(weights.shape)}")
    outputs, *operation.window, channels = weights.shape
    slide(operation, outputs)
    require(outputs % groups == 0, f"{operation.name}: {groups} groups of {outputs} channels")
    require(channels * groups == picture.shape[3], f"{operation.name}: weights for {channels} channels a group")
    require_border(operation)
    sums(operation, outputs)
    upper_bounds(model, operation, outputs)


def convolution_with_addend(model, operation):
    convolution(model, operation)
    addend, output = operation.inputs[3], operation.output
    row = addend.shape == (output.shape[0], output.shape[3])
    require(addend.shape == output.shape or row, f"{operation.name}: an addend of {addend.shape}")


def dense(model, operation):
    vector, weights = operation.inputs[:2]
    output = operation.output
    require(len(weights.shape) == 2 and not any(vector.border), f"{operation.name}: its weights, or a border")
    outputs, inputs = weights.shape
    rows = vector.count // inputs
    fits = (vector.count, output.count) == (rows * inputs, rows * outputs)
    require(fits, f"{operation.name}: the shape of its weights")
    apart = vector.shape == (rows, inputs) and output.shape == (rows, outputs)
    require(rows == 1 or apart, f"{operation.name}: {rows} rows, but not of rank 2")
    require(not output.picture or output.shape[:3] == (1, 1, 1), f"{operation.name}: an output of several pixels")
    sums(operation, outputs)
    upper_bounds(model, operation, outputs)


def pool(model, operation):
    picture, output = operation.inputs[0], operation.output
    operation.window, operation.stride, operation.padding, [operation.counts_padding] = split(operation, 2, 2, 4, 1)
    operation.dilation = [1, 1]
    (height, width), (top, left, bottom, right) = operation.window, operation.padding
    require(0 < height * width <= 1024, f"{operation.name}: a window of {height}·{width}")
    require(max(top, bottom) < height and max(left, right) < width, f"{operation.name}: padding as large as the window")
    require(operation.counts_padding <= (operation.kind == AVERAGE_POOL), f"{operation.name}: parameter 8")
    same = picture.scales == output.scales and picture.zero == output.zero
    may_differ = operation.kind == AVERAGE_POOL and model.minor >= 2
    require(same or may_differ, f"{operation.name}: requantizes")
    slide(operation, picture.shape[-1])
    if operation.counts_padding:
        require_border(operation)


def table(model, operation):
    require(operation.output.shape == operation.inputs[0].shape, f"{operation.name}: changes the shape")
    operation.tables = [model.table(operation.parameters[0], 256, "i1")]


def softmax(model, operation):
    shape = operation.inputs[0].shape
    require(len(shape) > 0 and operation.output.shape == shape, f"{operation.name}: changes the shape, or has no axis")
    require(not any(operation.inputs[0].border + operation.output.border), f"{operation.name}: a border")
    operation.tables = [model.table(operation.parameters[0], 256, "<i4")]


def split(operation, *lengths):
    """The parameters in groups, none of them negative."""
    require(min(operation.parameters[: sum(lengths)]) >= 0, f"{operation.name}: negative parameters")
    values = iter(operation.parameters)
    return [[next(values) for _ in range(length)] for length in lengths]


def slide(operation, channels):
    """A window slides over a picture: the shape of the output."""
    picture, output = operation.inputs[0], operation.output
    require(picture.picture and output.picture, f"{operation.name}: not of pictures")
    require(min(operation.stride + operation.dilation) > 0, f"{operation.name}: a stride or dilation of 0")
    top, left, bottom, right = operation.padding
    padded = picture.shape[1] + top + bottom, picture.shape[2] + left + right
    over = [p - (w - 1) * d - 1 for p, w, d in zip(padded, operation.window, operation.dilation, strict=True)]
    require(min(over) >= 0, f"{operation.name}: a window larger than the padded picture")
    rows, columns = (o // s + 1 for o, s in zip(over, operation.stride, strict=True))
    require(output.shape == (picture.shape[0], rows, columns, channels), f"{operation.name}: its output {output.shape}")


def require_border(operation):
    pairs = zip(operation.padding, operation.inputs[0].border, strict=True)
    require(all(padding <= border for padding, border in pairs), f"{operation.name}: padding beyond the border")


def sums(operation, outputs):
    """Weights and bias of convolution and dense; no sum and no result overflows."""
    source, weights, bias = operation.inputs[:3]
    require(weights.element == 2 and weights.zero == 0, f"{operation.name}: weights not i8, or a zero point")
    require(len(weights.scales) in (1, outputs), f"{operation.name}: {len(weights.scales)} scales of weights")
    require(bias.element == 6 and bias.shape == (outputs,), f"{operation.name}: its bias")
    size = math.prod(weights.shape[1:])
    magnitudes = np.abs(weights.values.reshape(outputs, size).astype(np.int64)).sum(axis=1)
    bound = (255 if source.element == 2 else 32767) * magnitudes + np.abs(bias.values.astype(np.int64))
    require(np.all(bound < 1 << 31), f"{operation.name}: sums overflow")
    scales = operation.inputs[0].scales[0] * weights.scales / operation.output.scales[0]  # in single precision
    require(np.all(scales > 0), f"{operation.name}: a requantization scale of 0")
    require(np.all(bound.astype(np.float32) * scales < 2.0**31), f"{operation.name}: results overflow")


def upper_bounds(model, operation, outputs):
    """The last operand, if there is one: what each channel's results are at most."""
    own, output = operation.inputs[4 if operation.kind == CONVOLUTION_WITH_ADDEND else 3 :], operation.output
    operation.highest = output.high
    for tensor in own:
        require(model.minor >= 2, f"{operation.name}: upper bounds, of format 1.2")
        require(tensor.element == output.element and tensor.shape == (outputs,), f"{operation.name}: upper bounds")
        require(len(tensor.scales) == 0, f"{operation.name}: upper bounds with a scale")
        within = (output.low <= tensor.values) & (tensor.values <= output.high)
        require(np.all(within), f"{operation.name}: an upper bound beyond those of {output.name}")
        operation.highest = tensor.values.astype(np.int64)
