"""Random models of the operations of format 1.0, with shapes, borders and bounds that no compiler makes."""

import numpy as np

import arithmetic
import derived
import random_pictures
import shapes
from container import Kind
from edge import Model
from writer import Builder, write_model

LAYOUTS = {1: 2, 2: 1, 3: 1, 16: 2, 17: 1}  # packed variant: layout


def write(path, seed, picture_set=None, kind=None):
    """A model of one or two chains of operations, packed for some kernel sets, with golden vectors.

    With the path of a picture set it is one chain that takes a picture, and the set is written, too. kind: of the
    chains, if not those of format 1.0.
    """
    random = np.random.default_rng(seed)
    builder = Builder()
    count = 1 if picture_set else random.integers(1, 3)
    channels = [1, 3] if picture_set else range(1, 7)
    kind = kind or Chain
    chains = [kind(builder, random, f"chain {n}", int(random.choice(channels))).grow() for n in range(count)]
    inputs, outputs = [tensor for chain in chains for tensor in chain.inputs], [chain.last for chain in chains]
    if picture_set:
        builder.take_pictures(inputs[0], random)
    for tensor, role in [(t, 1) for t in inputs] + [(t, 2) for t in outputs]:
        tensor["role"] = role
        if kind.MINOR >= 2 and random.integers(2):
            tensor["axes"] = [int(axis) for axis in random.permutation(tensor["rank"])]
    sections = builder.sections(inputs, outputs, derived.plan(builder, inputs, outputs, int(random.choice([1, 64]))))
    write_model(path, sections, kind.MINOR)
    model = Model(path)  # computes what the file holds besides
    sections.append((Kind.GOLDEN, 0, derived.golden(model, seed)))
    variants = [variant for variant in LAYOUTS if random.integers(2)]
    sections += [(Kind.PACKED, variant, derived.packed(model, LAYOUTS[variant])) for variant in variants]
    write_model(path, sections, kind.MINOR)
    if picture_set:
        random_pictures.write_set(picture_set, Model(path), random)


class Chain:
    """Operations one after the other: some on a picture, then some on the vector that it becomes."""

    MINOR = 0  # of the format that has these operations

    def __init__(self, builder, random, name, channels):
        self.builder, self.random, self.name, self.count = builder, random, name, 0
        height, width = self.pick(3, 15), self.pick(3, 15)
        self.last = self.activation((1, height, width, channels))
        self.inputs = [self.last]

    def pick(self, low, high):
        """low … high"""
        return int(self.random.integers(low, high + 1))

    def name_next(self):
        self.count += 1
        return f"{self.name}/{self.count}"

    def activation(self, shape, scale=None, zero=None):
        if scale is None:
            # Some are so small that products of scales are subnormal numbers.
            scale = float(np.float32(self.random.uniform(0.01, 0.2) * (1 if self.pick(0, 9) else 1e-30)))
        zero = self.pick(-128, 127) if zero is None else zero
        bounds = (-128, 127) if self.pick(0, 2) else sorted((self.pick(-128, 0), self.pick(0, 127)))
        return self.builder.activation(self.name_next(), shape, scale, zero, bounds)

    def result(self, shape, scale):
        """What an operation gives that chooses its scale: that of a value of 8 bits."""
        return self.activation(shape, scale)

    def alike(self, tensor, shape):
        """An activation whose values stand for the same."""
        return self.activation(shape, self.scale_of(tensor), tensor["zero"])

    def scale_of(self, tensor):
        return float(np.float32(self.builder.scales[tensor["scale"]]))

    def grow(self):
        steps = [self.convolution, self.average_pool, self.max_pool, self.table, self.softmax]
        for index in self.random.integers(len(steps), size=self.pick(1, 5)):
            steps[index]()
        if self.pick(0, 3):
            self.flatten()
            for step in (self.dense, self.table, self.dense, self.softmax):
                if self.pick(0, 2):
                    step()
        if self.last is self.inputs[0] or "shares" in self.last:
            self.table()
        return self

    def slide(self, window_limit):
        """Window, stride, padding and the size of the output, of a window that fits; dilation for convolutions."""
        _, height, width, _ = self.last["shape"]
        window = [self.pick(1, min(window_limit, size)) for size in (height, width)]
        dilation = [self.pick(1, 1 + (w * 2 - 2 < s)) for w, s in zip(window, (height, width), strict=True)]
        stride = [self.pick(1, 3), self.pick(1, 3)]
        limits = [0 if "borderless" in self.last else window[axis] - 1 for axis in (0, 1, 0, 1)]
        padding = [self.pick(0, limit) for limit in limits]
        return window, stride, padding, dilation

    def sizes(self, window, stride, padding, dilation):
        extents = [(w - 1) * d + 1 for w, d in zip(window, dilation, strict=True)]
        return [
            (self.last["shape"][1 + axis] + padding[axis] + padding[axis + 2] - extents[axis]) // stride[axis] + 1
            for axis in (0, 1)
        ]

    def need_border(self, padding):
        if "borderless" not in self.last:
            self.last["border"] = [self.pick(p, p + 1) for p in padding]

    def convolution(self):
        window, stride, padding, dilation = self.slide(4)
        channels = self.last["shape"][3]
        groups, outputs = self.groups(channels)
        self.need_border(padding)
        shape = (self.rows, *self.sizes(window, stride, padding, dilation), outputs)
        weight_shape = outputs, *window, channels // groups
        self.weighted(shapes.CONVOLUTION, weight_shape, shape, [*stride, *padding, *dilation, groups])

    def groups(self, _):
        """How many groups a convolution of so many channels has, and its output channels."""
        return 1, self.pick(1, 40)

    def dense(self):
        outputs = self.pick(1, 40)
        self.weighted(shapes.DENSE, (outputs, int(np.prod(self.last["shape"][1:]))), (self.rows, outputs), [])

    @property
    def rows(self):
        """How many pictures there are, or rows."""
        return self.last["shape"][0]

    def weighted(self, kind, weight_shape, shape, parameters, addend=()):
        outputs, terms = weight_shape[0], int(np.prod(weight_shape[1:]))
        limit, typical = self.ranges(terms)
        weights = self.random.integers(-limit, limit, weight_shape).astype(np.int8)
        # Some biases are so large that sums lose bits as floats.
        largest = 5000 if self.pick(0, 3) else 1 << 30
        bias = self.random.integers(-largest, largest, outputs).astype("<i4")
        scales = self.random.uniform(0.001, 0.01, self.random.choice([1, outputs])).astype(np.float32)
        if self.scale_of(self.last) < 1e-20:  # subnormal products, but none that is 0
            scales *= np.float32(1e-41 / (self.scale_of(self.last) * scales.min()))
        # So that a typical sum, of `terms` products, comes out near 60.
        typical = max(typical * terms**0.5, largest / 2)
        scale = float(np.float32(max(self.scale_of(self.last) * float(scales[0]) * typical / 60, 1e-43)))
        output = self.result(shape, scale)
        constants = self.builder.constant("weights", weights, scales.tolist()), self.builder.constant("bias", bias)
        inputs = [self.last, *constants, *addend, *self.upper_bounds(output, shape[-1])]
        self.last = self.builder.operation(kind, inputs, output, parameters)

    def upper_bounds(self, *_):
        """Those of an output's channels, if there are any."""
        return []

    def ranges(self, _):
        """A limit of weights, of which so many are summed, and the typical size of one product."""
        return 128, 5500

    def average_pool(self):
        self.pool(shapes.AVERAGE_POOL, self.pick(0, 1))

    def max_pool(self):
        self.pool(shapes.MAX_POOL, 0)

    def pool(self, kind, counts_padding):
        window, stride, padding, _ = self.slide(5)
        if counts_padding or self.pick(0, 1):
            self.need_border(padding)
        shape = (self.rows, *self.sizes(window, stride, padding, [1, 1]), self.last["shape"][3])
        keeps_scale = kind == shapes.MAX_POOL or self.MINOR < 2 or self.pick(0, 2)
        output = self.alike(self.last, shape) if keeps_scale else self.activation(shape)
        self.last = self.builder.operation(kind, [self.last], output, [*window, *stride, *padding, counts_padding])

    def table(self):
        if len(self.last["shape"]) == 4 and self.pick(0, 1):
            self.need_border([0] * 4)
        offset = self.builder.table(self.random.integers(-128, 128, 256).astype(np.int8))
        output = self.activation(self.last["shape"])
        self.last = self.builder.operation(shapes.TABLE, [self.last], output, [offset])

    def softmax(self):
        offset = self.builder.table(arithmetic.exponentials(self.scale_of(self.last)), 4)
        output = self.activation(self.last["shape"], 1 / 256, -128)
        output["borderless"] = True
        self.last = self.builder.operation(shapes.SOFTMAX, [self.last], output, [offset])

    def flatten(self):
        """A vector in the memory of the picture, which therefore has no border."""
        shape = (self.rows, int(np.prod(self.last["shape"][1:])))
        vector = self.alike(self.last, shape)
        vector["shares"] = self.last.get("shares", self.last)
        self.last = vector
