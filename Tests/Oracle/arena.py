"""Runs a graph in one arena, as the offsets of its tensors say: so a plan that overwrites what is still read shows."""

import numpy as np

import arithmetic


class Arena:
    def __init__(self, graph):
        self.graph, self.memory = graph, np.zeros(graph.arena, np.int8)

    def place(self, tensor):
        """The logical elements of a tensor where they lie: writing to the view writes to the arena."""
        if not tensor.picture:
            memory = self.memory[tensor.offset : tensor.offset + tensor.bytes]
            return memory.view(tensor.type).reshape(tensor.shape)
        top, left, _, _ = tensor.border
        _, height, width, _ = tensor.shape
        return self.bordered(tensor)[:, top : top + height, left : left + width]

    def bordered(self, tensor):
        """A picture with its border where it lies; of a part its own channels."""
        memory = self.memory[tensor.offset : tensor.offset + tensor.bytes].view(tensor.type)
        top, left, bottom, right = tensor.border
        count, height, width, channels = tensor.shape
        sizes = count, top + height + bottom, left + width + right, channels
        pixel = (tensor.stride or channels) * tensor.type.itemsize
        row = sizes[2] * pixel
        return np.lib.stride_tricks.as_strided(memory, sizes, (sizes[1] * row, row, pixel, tensor.type.itemsize))

    def write(self, tensor, values):
        if tensor.picture:
            values = values.copy()  # what is joined may lie there already
            self.bordered(tensor)[...] = tensor.zero
        self.place(tensor)[...] = values

    def run(self, inputs, observe=None):
        """The logical outputs; `observe` is given every operation and its output."""
        for tensor, values in zip(self.graph.inputs, inputs, strict=True):
            within = np.clip(values, tensor.low, tensor.high) if tensor.type.itemsize == 4 else values
            self.write(tensor, within.reshape(tensor.shape))
        for operation in self.graph.operations:
            values = arithmetic.compute(operation, *(self.place(t) for t in operation.inputs if t.home == 1))
            if observe:
                observe(operation, values)
            self.write(operation.output, values)
        return [self.place(tensor).copy() for tensor in self.graph.outputs]


def drawn(seed, size):
    """`size` bytes of the SplitMix64 sequence of a seed, as int8."""
    step = np.arange(1, size // 8 + 2, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = np.uint64(seed) + step
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return (z ^ z >> np.uint64(31)).astype("<u8").view(np.int8)[:size]


def split(graph, values):
    """The inputs of a graph from their bytes one after the other."""
    ends = np.cumsum([size(tensor) for tensor in graph.inputs])[:-1]
    parts = zip(np.split(values, ends), graph.inputs, strict=True)
    return [np.frombuffer(part.tobytes(), tensor.type).reshape(tensor.shape) for part, tensor in parts]


def size(tensor):
    """The logical bytes of a tensor."""
    return tensor.count * tensor.type.itemsize


def drawn_inputs(graph, seed):
    """The inputs of a graph from the sequence of a seed, those of 16 and 32 bits moved into what they may be."""
    values = split(graph, drawn(seed, sum(map(size, graph.inputs))))
    return [allowed(tensor, x) for tensor, x in zip(graph.inputs, values, strict=True)]


def allowed(tensor, values):
    if tensor.type.itemsize == 2:
        return np.maximum(values, np.int16(-32767))
    if tensor.type.itemsize == 4:
        span = tensor.high - tensor.low + 1
        return (tensor.low + values.view("<u4").astype(np.int64) % span).astype(tensor.type)
    return values
