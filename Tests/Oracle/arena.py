"""Runs a graph in one arena, as the offsets of its tensors say: so a plan that overwrites what is still read shows."""

import numpy as np

import arithmetic


class Arena:
    def __init__(self, graph):
        self.graph, self.memory = graph, np.zeros(graph.arena, np.int8)

    def place(self, tensor):
        """The logical elements of a tensor where they lie: writing to the view writes to the arena."""
        memory = self.memory[tensor.offset : tensor.offset + tensor.bytes]
        if not tensor.picture:
            return memory.reshape(tensor.shape)
        top, left, bottom, right = tensor.border
        _, height, width, channels = tensor.shape
        rows = memory.reshape(top + height + bottom, left + width + right, channels)
        return rows[np.newaxis, top : top + height, left : left + width]

    def write(self, tensor, values):
        self.memory[tensor.offset : tensor.offset + tensor.bytes] = tensor.zero  # the border
        self.place(tensor)[...] = values

    def run(self, inputs, observe=None):
        """The logical outputs, int8; `observe` is given every operation and its output."""
        for tensor, values in zip(self.graph.inputs, inputs, strict=True):
            self.write(tensor, values.reshape(tensor.shape))
        for operation in self.graph.operations:
            values = arithmetic.compute(operation, self.place(operation.inputs[0]))
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
    ends = np.cumsum([tensor.count for tensor in graph.inputs])[:-1]
    return [part.reshape(t.shape) for part, t in zip(np.split(values, ends), graph.inputs, strict=True)]
