"""What docs/edge-format.md asks of the operations that came with formats 1.1 and 1.2, those with weights left out."""

import numpy as np

from container import require

GROUP_NORM, INTERPOLATED_TABLE, RESCALE, UPSAMPLING, CONCATENATION, ADDITION, EMBEDDING, TIME_EMBEDDING = range(8, 16)
QUANTIZED_ARITHMETIC, REARRANGEMENT, QUANTIZATION, DEQUANTIZATION = 16, 17, 37, 38
SUM, DIFFERENCE, PRODUCT, MINIMUM, MAXIMUM = 1, 2, 3, 5, 6
IN_GROUP = 65536  # values


def group_norm(model, operation):
    source, output = operation.inputs[0], operation.output
    require(source.picture and output.shape == source.shape, f"{operation.name}: no picture, or changes the shape")
    groups, _, offset, _ = operation.parameters[:4]
    _, height, width, channels = source.shape
    require(groups > 0 and channels % groups == 0, f"{operation.name}: {groups} groups of {channels} channels")
    require(height * width * channels // groups <= IN_GROUP, f"{operation.name}: too many values in a group")
    for constant in operation.inputs[1:]:
        require(constant.element == 12 and constant.shape == (channels,), f"{operation.name}: {constant.name}")
        require(np.all(np.isfinite(constant.values)), f"{operation.name}: {constant.name} is not finite")
    operation.groups, operation.epsilon, operation.scale = groups, positive(operation, 1), None
    if offset != -1:
        require(output.element == 2, f"{operation.name}: a table, but an output of 16 bits")
        operation.tables, operation.scale = [model.table(offset, 4096, "i1")], positive(operation, 3)


def positive(operation, index):
    """The parameter whose bits are a float above 0."""
    value = np.array(operation.parameters[index], "<i4").view("<f4")[()]
    require(np.isfinite(value) and value > 0, f"{operation.name}: parameter {index} is {value}")
    return value


def interpolated_table(model, operation):
    same_shape(operation)
    require(not any(operation.inputs[0].border + operation.output.border), f"{operation.name}: a border")
    operation.tables = [model.table(aligned(operation), 1025, "<i2")]


def rescale(_, operation):
    same_shape(operation)


def addition(_, operation):
    same_shape(operation)


def arithmetic(model, operation):
    require(model.minor >= 2, f"{operation.name}: a kind of format 1.2")
    operation.function = operation.parameters[0]
    known = SUM, DIFFERENCE, PRODUCT, MINIMUM, MAXIMUM
    require(operation.function in known, f"{operation.name}: function {operation.function}")
    shape = operation.output.shape
    for tensor in operation.inputs:
        aligned_sizes = zip(reversed(tensor.shape), reversed(shape), strict=False)
        fits = len(tensor.shape) <= len(shape) and all(own in (1, size) for own, size in aligned_sizes)
        require(fits, f"{operation.name}: {tensor.shape} broadcast to {shape}")
        if tensor.home == 2:
            constant = tensor.element == 2 and len(tensor.scales) == 1 and -128 <= tensor.zero <= 127
            require(constant, f"{operation.name}: the constant {tensor.name}")


def same_shape(operation):
    shapes = {tensor.shape for tensor in [*operation.inputs, operation.output]}
    require(len(shapes) == 1, f"{operation.name}: shapes {shapes}")


def upsampling(_, operation):
    source, output = operation.inputs[0], operation.output
    operation.factors = down, across = operation.parameters[:2]
    require(1 <= down <= 16 and 1 <= across <= 16, f"{operation.name}: factors {down}, {across}")
    require(source.picture and output.picture, f"{operation.name}: not of pictures")
    count, height, width, channels = source.shape
    require(output.shape == (count, height * down, width * across, channels), f"{operation.name}: its output's shape")
    same_values(operation, source)


def concatenation(_, operation):
    output = operation.output
    require(all(t.picture for t in [*operation.inputs, output]), f"{operation.name}: not of pictures")
    require({t.shape[:3] for t in operation.inputs} == {output.shape[:3]}, f"{operation.name}: pictures unlike another")
    channels = sum(t.shape[3] for t in operation.inputs)
    require(output.shape[3] == channels, f"{operation.name}: an output of {output.shape}")
    for tensor in operation.inputs:
        same_values(operation, tensor)


def embedding(_, operation):
    indices, rows = operation.inputs
    require(rows.element == 4 and len(rows.shape) == 2 and len(rows.scales) == 1, f"{operation.name}: its rows")
    require(np.all(rows.values > -32768), f"{operation.name}: a row with −32,768")
    require(rows.shape[0] > indices.high, f"{operation.name}: {rows.shape[0]} rows for up to {indices.high}")
    shape = *indices.shape, rows.shape[1]
    require(operation.output.shape == shape, f"{operation.name}: an output of {operation.output.shape}")
    same_values(operation, rows)


def same_values(operation, tensor):
    """What is moved stands for the same in the output."""
    output = operation.output
    same = tensor.scales[0] == output.scales[0] and tensor.zero == output.zero
    require(same, f"{operation.name}: another scale or zero point than {tensor.name}")


def time_embedding(model, operation):
    output, steps = operation.output, operation.inputs[0]
    require(len(output.shape) == 2 and output.shape[:1] == steps.shape, f"{operation.name}: its output {output.shape}")
    require(output.shape[1] % 2 == 0 and output.shape[1] <= 4096, f"{operation.name}: {output.shape[1]} values")
    require(output.scales[0] == 2.0**-15, f"{operation.name}: a scale of {output.scales[0]}")
    half, offset = output.shape[1] // 2, aligned(operation)
    operation.tables = [model.table(offset, half, "<u4"), model.table(offset + 4 * half, 1025, "<i4")]
    require(np.all(np.abs(operation.tables[1].astype(np.int64)) <= 1 << 30), f"{operation.name}: its sines")


def rearrangement(model, operation):
    source, output = operation.inputs[0], operation.output
    require(model.minor >= 2 and not any(source.border + output.border), f"{operation.name}: a border, or of format 1.1")
    table = model.table(aligned(operation), sum(output.shape), "<i4")
    operation.tables = np.split(table, np.cumsum(output.shape)[:-1])
    largest = sum(int(max(axis.max(), 0)) for axis in operation.tables)
    require(table.min() >= -1 and largest < source.count, f"{operation.name}: places that are not there")
    low = operation.parameters[1] & 0xFFFFFFFF
    size = source.type.itemsize
    operation.fill = np.frombuffer(low.to_bytes(4, "little")[:size], source.type)[0]
    same_values(operation, source)


def quantization(model, operation):
    require(model.minor >= 2, f"{operation.name}: a kind of format 1.2")
    same_shape(operation)


def aligned(operation):
    offset = operation.parameters[0]
    require(offset % 4 == 0, f"{operation.name}: a table at {offset}")
    return offset


KINDS = {
    GROUP_NORM: group_norm,
    INTERPOLATED_TABLE: interpolated_table,
    RESCALE: rescale,
    UPSAMPLING: upsampling,
    CONCATENATION: concatenation,
    ADDITION: addition,
    EMBEDDING: embedding,
    REARRANGEMENT: rearrangement,
    QUANTIZATION: quantization,
    DEQUANTIZATION: quantization,
    TIME_EMBEDDING: time_embedding,
    QUANTIZED_ARITHMETIC: arithmetic,
}
