"""Models and picture sets in .edge files, checked as docs/edge-format.md says. Written from that page alone."""

import itertools
import math
import struct

import numpy as np

import shapes
import steps
from container import MODEL, PICTURE_SET, File, Kind, cut, require

ARENA, IN_WEIGHTS = 1, 2
I8, I16, I32, F32 = 2, 4, 6, 12
ELEMENTS = {I8: np.dtype("<i1"), I16: np.dtype("<i2"), I32: np.dtype("<i4"), F32: np.dtype("<f4")}
ZEROS = {I8: (-128, 127), I16: (0, 0), I32: (0, 0), F32: (0, 0)}  # of tensors in the arena: zero points and bounds
BOUNDS = {I8: (-128, 127), I16: (-32767, 32767), I32: (0, 65535)}
PLAIN = I32, F32  # those that stand for themselves


class Model(File):
    def __init__(self, path):
        super().__init__(path, MODEL)
        for kind in (Kind.META, Kind.TENSORS, Kind.OPERATIONS, Kind.GRAPHS):
            require(kind in self.sections, f"{path}: no section {kind.name.lower()}")
        self.scales = np.frombuffer(self.sections.get(Kind.SCALES, b""), "<f4")
        require(np.all(np.isfinite(self.scales) & (self.scales > 0)), "scales that are not finite and above 0")
        self.tables, self.weights = self.sections.get(Kind.TABLES, b""), self.sections.get(Kind.WEIGHTS, b"")
        self.tensors = self.records(Kind.TENSORS)
        for tensor in self.tensors:
            self.complete_tensor(tensor)
        self.operations = self.records(Kind.OPERATIONS)
        for operation in self.operations:
            self.complete_operation(operation)
        self.graphs = self.records(Kind.GRAPHS)
        for graph in self.graphs:
            self.complete_graph(graph)
        self.inputs, self.outputs = self.records(Kind.INPUT), self.records(Kind.OUTPUT)
        self.complete_uses()
        self.golden = self.records(Kind.GOLDEN)
        self.steps = steps.read(self)

    def table(self, offset, count, element):
        """`count` values of `tables`; a type of numpy's."""
        require(offset >= 0, f"a table at {offset}")
        return np.frombuffer(cut(self.tables, offset, count * np.dtype(element).itemsize, "a table"), element)

    def named(self, indices, what):
        require(all(i < len(self.tensors) for i in indices), f"{what}: a tensor that does not exist")
        return [self.tensors[i] for i in indices]

    def complete_tensor(self, tensor):
        """Replaces places by what stands there: text, shape, scales; for constants the values."""
        tensor.name = what = self.text(tensor.name)
        require(tensor.element in ELEMENTS, f"{what}: element {tensor.element}")
        tensor.type = ELEMENTS[tensor.element]
        require(tensor.rank <= 6 and tensor.role <= 3, f"{what}: rank {tensor.rank}, role {tensor.role}")
        require(all(size == 1 for size in tensor.sizes[tensor.rank :]), f"{what}: sizes beyond the rank")
        tensor.shape = tuple(tensor.sizes[: tensor.rank])
        tensor.count = math.prod(tensor.shape)
        order, own = tuple(tensor.axes[: tensor.rank]), tuple(range(tensor.rank))
        tensor.axes = order if any(order) else own  # of the tensor in the source model, by their numbers here
        require(sorted(tensor.axes) == list(own), f"{what}: axes {tensor.axes}")
        require(0 < tensor.count <= 1 << 30, f"{what}: {tensor.count} elements")
        axis = tensor.shape[0] if tensor.shape else 1
        require(tensor.scales in (0, 1, axis), f"{what}: {tensor.scales} scales")
        require(tensor.scale + tensor.scales <= len(self.scales), f"{what}: scales outside of their section")
        tensor.scales = self.scales[tensor.scale : tensor.scale + tensor.scales]
        tensor.picture = tensor.rank == 4 and tensor.shape[0] <= (64 if self.minor else 1)
        require(tensor.picture or not any(tensor.border), f"{what}: a border, but no picture")
        if tensor.home == ARENA:
            self.check_activation(tensor, what)
        else:
            require(tensor.home == IN_WEIGHTS and tensor.role == 3, f"{what}: home {tensor.home}, role {tensor.role}")
            require(not any(tensor.border) and tensor.offset % 4 == 0, f"{what}: a border, or offset {tensor.offset}")
            require(tensor.bytes == tensor.count * tensor.type.itemsize, f"{what}: its bytes")
            stored = cut(self.weights, tensor.offset, tensor.bytes, what)
            tensor.values = np.frombuffer(stored, tensor.type).reshape(tensor.shape)

    def check_activation(self, tensor, what):
        element, size = tensor.element, tensor.type.itemsize
        require(element in ZEROS and tensor.role != 3, f"{what}: element {element}, role {tensor.role} in the arena")
        require(len(tensor.scales) == (element not in PLAIN), f"{what}: {len(tensor.scales)} scales in the arena")
        low, high = ZEROS[element]
        require(low <= tensor.zero <= high, f"{what}: zero point {tensor.zero}")
        if element == F32:
            require(self.minor >= 2 and tensor.role == 0, f"{what}: floats that are not between operations")
        else:
            lowest, highest = BOUNDS[element]
            require(lowest <= tensor.low <= tensor.high <= highest, f"{what}: bounds {tensor.low}, {tensor.high}")
        if element == I32:
            require(tensor.rank == 1 and tensor.role == 1 and tensor.low == 0, f"{what}: i32 that counts nothing")
        require(tensor.offset % size == 0, f"{what}: offset {tensor.offset}")
        top, left, bottom, right = tensor.border
        count, height, width, channels = tensor.shape if tensor.picture else (1, 1, tensor.count, 1)
        pixels = count * (top + height + bottom) * (left + width + right)
        stride = tensor.stride or channels
        require(not tensor.stride or (tensor.picture and element not in PLAIN and tensor.role == 0), f"{what}: a part")
        require(not tensor.stride or channels < stride <= 1 << 16, f"{what}: a part of {stride} channels")
        require(tensor.bytes == (pixels * stride - (stride - channels)) * size, f"{what}: its bytes")

    def complete_operation(self, operation):
        operation.name = self.text(operation.name)
        inputs, outputs = operation.inputs, operation.outputs
        require(inputs <= 8 and outputs == 1, f"{operation.name}: {inputs} inputs, {outputs} outputs")
        operation.inputs = self.named(operation.input[:inputs], operation.name)
        (operation.output,) = self.named(operation.output[:1], operation.name)
        shapes.check(self, operation)

    def complete_graph(self, graph):
        graph.name = what = self.text(graph.name)
        require(graph.first + graph.count <= len(self.operations), f"{what}: operations that do not exist")
        graph.operations = self.operations[graph.first : graph.first + graph.count]
        for role, name in (1, "inputs"), (2, "outputs"):
            offset, count = getattr(graph, name)
            require(1 <= count <= 256, f"{what}: {count} {name}")
            listed = struct.unpack(f"<{count}I", cut(self.sections[Kind.GRAPHS], offset, 4 * count, f"{what}: {name}"))
            tensors = self.named(listed, what)
            require(all(t.home == ARENA and t.role == role for t in tensors), f"{what}: {name} of another role")
            places = sorted((t.offset, t.offset + t.bytes) for t in tensors)
            apart = all(end <= start for (_, end), (start, _) in itertools.pairwise(places))
            require(apart, f"{what}: {name} that share memory")
            setattr(graph, name, tensors)
        used = graph.inputs + [t for o in graph.operations for t in [*o.inputs, o.output] if t.home == ARENA]
        need = max((t.offset + t.bytes for t in used), default=0)
        require(need <= graph.arena <= min(1 << 30, (need + 63) // 64 * 64), f"{what}: an arena of {graph.arena}")

    def complete_uses(self):
        """Sections input and output."""
        for record in self.inputs:
            (record.tensor,) = self.named([record.tensor], "section input")
            require(record.tensor.picture and record.tensor.shape[3] in (1, 3), f"{record.tensor.name}: not a picture")
            require(1 <= record.colour <= 3 and record.crop <= 2, f"{record.tensor.name}: colour or crop")
            require(max(record.tensor.shape) <= 8192, f"{record.tensor.name}: above 8,192 pixels a side")
            channels = record.tensor.shape[3]
            record.table = self.table(record.table, 256 * channels, "i1").reshape(channels, 256)
        for record in self.outputs:
            (record.tensor,) = self.named([record.tensor], "section output")
            require(record.meaning <= (3 if self.minor else 2), f"{record.tensor.name}: meaning {record.meaning}")
            listed = cut(self.sections[Kind.OUTPUT], record.offset, 8 * record.labels, f"{record.tensor.name}: labels")
            record.labels = [self.text(place) for place in struct.iter_unpack("<2I", listed)]
            record.table = self.table(record.table, 256, "<i4") if record.meaning == 1 else None


class PictureSet(File):
    """`pictures`, each with its encoded bytes as `data`; the checksum of the model that they were computed with."""

    def __init__(self, path):
        super().__init__(path, PICTURE_SET)
        for kind in (Kind.META, Kind.EXPECTED, Kind.PICTURES):
            require(kind in self.sections, f"{path}: no section {kind.name.lower()}")
        expected = cut(self.sections[Kind.EXPECTED], 0, 16, "section expected")
        self.model, self.right, self.labelled = struct.unpack_from("<Q2I", expected)
        self.pictures = self.records(Kind.PICTURES)
        for picture in self.pictures:
            picture.name = self.text(picture.name)
            picture.data = cut(self.sections[Kind.PICTURES], picture.offset, picture.size, picture.name)
