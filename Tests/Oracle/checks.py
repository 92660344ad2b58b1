"""Recomputes what a model file holds besides its constants: golden vectors, tables of exponentials, packed weights."""

import struct

import numpy as np

import arena
import arithmetic
import joining
import shapes
import steps
from container import Kind, cut, digest, records, require

PANEL = 16  # output channels
GRANULE = {1: 4, 2: 2}  # by layout: quads, pairs
PAIRED = 1, 16  # variants whose layout is pairs: avx2, neon


def check_golden(model):
    """Runs every vector, and compares each digest and output; the number of vectors."""
    for index, record in enumerate(model.golden):
        require(record.graph < len(model.graphs), f"golden vector {index}: graph {record.graph}")
        check_vector(model, f"golden vector {index}", record)
    check_exponentials(model)
    check_sines(model)
    steps.check_noise(model)
    return len(model.golden)


def check_vector(model, what, record):
    section, graph = model.sections[Kind.GOLDEN], model.graphs[record.graph]
    stored = cut(section, record.digests, 16 * len(graph.operations), what)
    expected = iter(struct.iter_unpack("<2Q", stored))

    def compare(operation, values):
        output, constants = next(expected)
        require(digest(values.tobytes()) == output, f"{what}: the output of {operation.name} differs")
        require(digest(constant_bytes(operation)) == constants, f"{what}: the constants of {operation.name} differ")

    results = arena.Arena(graph).run(vector_inputs(section, graph, what, record), compare)
    outputs = b"".join(result.tobytes() for result in results)
    require(outputs == cut(section, *record.outputs, what), f"{what}: the outputs differ")


def vector_inputs(section, graph, what, record):
    size = sum(map(arena.size, graph.inputs))
    require(record.kind in (0, 1), f"{what}: kind {record.kind}")
    if record.kind == 0:
        return arena.drawn_inputs(graph, record.seed)
    require(record.size == size <= 65536, f"{what}: an input of {record.size} bytes")
    inputs = arena.split(graph, np.frombuffer(cut(section, record.offset, size, what), np.int8))
    for tensor, values in zip(graph.inputs, inputs, strict=True):
        # Those of 8 bits may be anything, as what is drawn may.
        within = values.itemsize == 1 or np.all((values >= tensor.low) & (values <= tensor.high))
        require(within, f"{what}: {tensor.name} beyond its bounds")
    return inputs


def constant_bytes(operation):
    """What the digest of an operation's constants is of."""
    constants = [tensor for tensor in operation.inputs if tensor.home == 2]
    parts = [part for t in constants for part in (t.values.tobytes(), t.scales.tobytes())]
    return b"".join(parts + [table.tobytes() for table in operation.tables])


def check_exponentials(model):
    """The tables of softmaxes and of logits."""
    scales = [(o.name, o.inputs[0], o.tables[0]) for o in model.operations if o.kind == shapes.SOFTMAX]
    scales += [(r.tensor.name, r.tensor, r.table) for r in model.outputs if r.meaning == 1]
    for name, tensor, stored in scales:
        computed = arithmetic.exponentials(tensor.scales[0])
        require(np.array_equal(stored, computed), f"{name}: its table is not round(2²³·exp(−scale·d))")


def check_sines(model):
    for operation in model.operations:
        if operation.kind == shapes.TIME_EMBEDDING:
            same = np.array_equal(operation.tables[1], joining.sines())
            require(same, f"{operation.name}: its table is not half_even(2³⁰·sin(2π·i/1024))")


def check_packed(model):
    """Packs the canonical weights again and compares; the number of packed weights."""
    count = 0
    for variant, (section, checksum) in model.packed.items():
        require(digest(section) == checksum, f"packed {variant}: its checksum differs")
        for record in records(Kind.PACKED, section)[0]:
            require(record.operation < len(model.operations), f"packed {variant}: operation {record.operation}")
            operation = model.operations[record.operation]
            what = f"packed {variant}: {operation.name}"
            require(operation.kind in shapes.WEIGHTED, f"{what} has no weights")
            require(record.layout in GRANULE and record.offset % 64 == 0, f"{what}: layout or offset")
            pairs = variant in PAIRED or operation.inputs[0].element == 4
            require(record.layout == (2 if pairs else 1), f"{what}: layout {record.layout}")
            stored = np.frombuffer(cut(section, record.offset, record.size, what), np.int8)
            require(np.array_equal(stored, pack(operation, GRANULE[record.layout])), f"{what}: its weights differ")
            count += 1
    return count


def pack(operation, granule):
    """The panels of each block of channels, one block after the other."""
    return np.concatenate([pack_block(taps, granule) for taps in blocks(operation)])


def pack_block(taps, granule):
    """taps: channel, tap, element."""
    channels, count, run = taps.shape
    depth = -(-run // granule) * granule
    n, t, d = np.ogrid[:channels, :count, :run]
    place = (n // PANEL * count + t) * depth * PANEL + (d // granule * PANEL + n % PANEL) * granule + d % granule
    packed = np.zeros(-(-channels // PANEL) * count * depth * PANEL, np.int8)
    packed[place] = taps
    return packed


def blocks(operation):
    """The weights of each block as channel, tap, element of the tap."""
    weights = operation.inputs[1].values
    if operation.kind == shapes.DENSE:
        return [weights[:, np.newaxis]]
    channels, height, width, depth = weights.shape
    groups = operation.groups
    if groups == 1:
        adjacent = operation.dilation[1] == 1 and not operation.inputs[0].stride
        shape = (channels, height, width * depth) if adjacent else (channels, height * width, depth)
        return [weights.reshape(shape)]
    if is_depthwise(operation):
        return [weights.reshape(channels, height, width).transpose(0, 2, 1)]
    size = channels // groups  # of a group
    joined = max([n for n in range(1, groups + 1) if groups % n == 0 and n * size <= PANEL], default=1)
    return [
        block_diagonal(np.split(block.reshape(-1, height * width, depth), joined))
        for block in np.split(weights, groups // joined)
    ]


def is_depthwise(operation):
    """One input channel a group, 8 bits on both sides, no addend."""
    eight = operation.inputs[0].element == operation.output.element == 2
    return operation.kind == shapes.CONVOLUTION and eight and operation.groups == operation.inputs[0].shape[3]


def block_diagonal(groups):
    """The weights of several groups as those of one, zero between a channel and another group's inputs."""
    size, taps, depth = groups[0].shape
    joined = np.zeros((len(groups) * size, taps, len(groups) * depth), np.int8)
    for n, weights in enumerate(groups):
        joined[n * size : (n + 1) * size, :, n * depth : (n + 1) * depth] = weights
    return joined
