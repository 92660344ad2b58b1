"""Random models with what came with formats 1.1 and 1.2: batches, values of 8 and 16 bits, several inputs, groups."""

import numpy as np

import joining
import shapes
from later_shapes import DIFFERENCE, MAXIMUM, MINIMUM, PRODUCT, SUM
from random_models import Chain

I8, I16, F32 = 2, 4, 12
EXTREME = 1e-40  # a scale by which other scales give infinities
SPAN = {I8: 100, I16: 20000}  # values that are used well
PIXELS = 400  # above which a picture is not made larger
CHANNELS = 32  # above which none are added
TERMS = 1 << 14  # above which a row goes into no dense layer, whose sums it would overflow
WAVES = 4096  # values of a time embedding


class LaterChain(Chain):
    """A chain whose operations may take a second tensor: one from before, another input, or a row from a table."""

    MINOR = 2

    def __init__(self, builder, random, name, channels):
        self.builder, self.random, self.name, self.count = builder, random, name, 0
        shape = self.pick(1, 3), self.pick(2, 9), self.pick(2, 9), channels
        self.inputs, self.seen = [], []  # what came before and is still there
        self.last = self.given(self.either(shape))

    def grow(self):
        for _ in range(self.pick(3, 8)):
            self.step(self.on_pictures())
        if self.pick(0, 3):
            self.flatten()
            for _ in range(self.pick(1, 4)):
                self.step(self.on_rows())
        if self.is_input() or "shares" in self.last:
            self.rescale()
        return self

    def is_input(self):
        """Whether the last tensor is an input; two of them may be equal as dictionaries."""
        return any(tensor is self.last for tensor in self.inputs)

    def step(self, kinds):
        self.seen.append(self.last)
        kinds[self.pick(0, len(kinds) - 1)]()

    def on_pictures(self):
        kinds = [self.convolution, self.added_convolution, self.group_norm, self.upsampling]
        if self.last["shape"][3] <= CHANNELS:
            kinds.append(self.concatenation)
        if self.last["element"] == I8:
            kinds += [self.average_pool, self.max_pool]
        if self.last["shape"][3] > 1 and "shares" not in self.last:
            kinds += [self.sliced, self.sliced]
        return kinds + self.on_anything()

    def sliced(self):
        """An operation on some channels of the last tensor, where they lie."""
        *sizes, channels = self.last["shape"]
        count = self.pick(1, channels - 1)
        part = self.alike(self.last, (*sizes, count))
        part["inside"] = self.last, self.pick(0, channels - count)
        if "borderless" in self.last:
            part["borderless"] = True
        kinds = [self.convolution, self.added_convolution]
        if self.last["element"] == I8:
            kinds += [self.average_pool, self.max_pool]
        if channels <= CHANNELS:
            kinds.append(self.concatenation)
        self.last = part
        kinds[self.pick(0, len(kinds) - 1)]()

    def need_border(self, padding):
        known = self.last["border"]
        super().need_border(padding)
        widen(self.last, known)
        part = self.last
        while "inside" in part:  # its border is that of the tensor that it lies in
            widen(part["inside"][0], part["border"])
            part = part["inside"][0]

    def on_rows(self):
        return [*([self.dense] if self.last["shape"][1] <= TERMS else []), *self.on_anything()]

    def on_anything(self):
        eight = self.last["element"] == I8
        both = [self.rescale, self.addition, self.arithmetic, self.rearrangement, self.floats]
        return [*both, *([self.table, self.softmax] if eight else [self.interpolated_table])]

    def either(self, shape, scale=None):
        """An activation of 8 or of 16 bits."""
        return self.activation(shape, scale) if self.pick(0, 1) else self.wide(shape, scale)

    def wide(self, shape, scale=None):
        if scale is None:
            scale = float(np.float32(self.random.uniform(1e-4, 1e-3)))
        bounds = (-32767, 32767) if self.pick(0, 2) else (self.pick(-32767, 0), self.pick(0, 32767))
        return self.builder.activation(self.name_next(), shape, scale, 0, bounds, I16)

    def alike(self, tensor, shape):
        return self.wide(shape, self.scale_of(tensor)) if tensor["element"] == I16 else super().alike(tensor, shape)

    def result(self, shape, scale):
        return self.activation(shape, scale) if self.pick(0, 1) else self.wide(shape, max(scale / 300, 1e-43))

    def ranges(self, terms):
        if self.last["element"] == I8:
            return super().ranges(terms)
        limit = max(1, min(128, (1 << 15) // terms))  # so that 32,767·Σ|w| is at most half of what a sum may be
        return limit, 11000 * limit

    def upper_bounds(self, output, channels):
        if self.pick(0, 1):
            return []
        bounds = self.random.integers(output["low"], output["high"] + 1, channels)
        return [self.builder.constant("upper bounds", bounds.astype(np.int8 if output["element"] == I8 else np.int16))]

    def near(self, shape, gain=1.0):
        """An activation that may hold as much as the last tensor, times a gain; now and then one that overflows."""
        if not self.pick(0, 9):
            return self.either(shape, EXTREME)
        reach = self.scale_of(self.last) * SPAN[self.last["element"]] * gain * 10 ** self.random.uniform(-0.7, 0.7)
        make, span = (self.activation, SPAN[I8]) if self.pick(0, 1) else (self.wide, SPAN[I16])
        return make(shape, float(np.float32(max(reach / span, 1e-43))))

    def given(self, tensor):
        self.inputs.append(tensor)
        return tensor

    def need_borders(self):
        """A border that nothing asks for."""
        if len(self.last["shape"]) == 4 and self.pick(0, 1):
            self.need_border([0] * 4)

    def partner(self, shape, gain=1.0):
        """A tensor of a shape: one from before, or a new one; gain: of a new input."""
        known = [tensor for tensor in self.seen if tuple(tensor["shape"]) == tuple(shape)]
        if known and self.pick(0, 2):
            return known[self.pick(0, len(known) - 1)]
        return self.row(*shape, gain) if len(shape) == 2 else self.given(self.near(shape, gain))

    def row(self, count, size, gain):
        """A row of a picture: given, looked up, a time step's, or what a dense layer makes of such a row."""
        chosen = self.pick(0, 3)
        if chosen == 0:
            return self.given(self.near((count, size), gain))
        if chosen == 1:
            return self.embedding(count, size)
        if chosen == 2 and size % 2 == 0 and size <= WAVES:
            return self.time_embedding(count, size)
        return self.dense_row(count, size)

    def dense_row(self, count, size):
        main = self.last
        self.last = self.row(count, 2 * self.pick(1, 8), 1)
        weight_shape = size, self.last["shape"][1]
        self.weighted(shapes.DENSE, weight_shape, (count, size), [])
        main, self.last = self.last, main
        return main

    def numbers(self, count, high):
        return self.given(self.builder.numbers(self.name_next(), count, high))

    def embedding(self, count, size):
        high = self.pick(0, 20)
        rows = self.random.integers(-32767, 32768, (high + self.pick(1, 3), size)).astype(np.int16)
        output = self.wide((count, size))
        constant = self.builder.constant("rows", rows, [self.scale_of(output)])
        return self.builder.operation(shapes.EMBEDDING, [self.numbers(count, high), constant], output)

    def time_embedding(self, count, size):
        frequencies = self.random.integers(0, 1 << 32, size // 2).astype("<u4")
        offset = self.builder.table(frequencies, 4)
        self.builder.table(joining.sines())
        high = 65535 if self.pick(0, 1) else self.pick(0, 1000)
        output = self.wide((count, size), 2.0**-15)
        return self.builder.operation(shapes.TIME_EMBEDDING, [self.numbers(count, high)], output, [offset])

    def groups(self, channels):
        """One, as many as channels with one or more outputs each, or any that divide the channels."""
        groups = int(self.random.choice([1, channels, self.random.choice(divisors(channels))]))
        return groups, groups * self.pick(1, max(1, 40 // groups))

    def added_convolution(self):
        window, stride, padding, dilation = self.slide(4)
        channels = self.last["shape"][3]
        groups, outputs = self.groups(channels)
        if self.pick(0, 1):  # keeps the shape, so that the addend can be a tensor from before
            window, stride, padding, dilation, outputs = [1, 1], [1, 1], [0] * 4, [1, 1], channels
        self.need_border(padding)
        shape = (self.rows, *self.sizes(window, stride, padding, dilation), outputs)
        terms = channels // groups * window[0] * window[1]
        addend = self.partner(shape if self.pick(0, 1) else (self.rows, outputs), 0.4 * terms**0.5)
        parameters = [*stride, *padding, *dilation, groups]
        weight_shape = outputs, *window, channels // groups
        self.weighted(shapes.CONVOLUTION_WITH_ADDEND, weight_shape, shape, parameters, [addend])

    def group_norm(self):
        self.need_borders()
        channels = self.last["shape"][3]
        groups = self.random.choice(divisors(channels))
        factors, offsets = self.reals(channels), self.reals(channels)
        constants = self.builder.constant("γ", factors), self.builder.constant("β", offsets)
        epsilon = bits(1e-5 if self.pick(0, 2) else 10.0 ** self.pick(-44, 30))
        if self.pick(0, 2):
            table = self.builder.table(self.random.integers(-128, 128, 4096).astype(np.int8))
            output, scale = self.activation(self.last["shape"]), bits(self.random.uniform(1e-4, 0.1))
        else:
            output = self.either(self.last["shape"], EXTREME if not self.pick(0, 9) else None)
            table, scale = -1, 0
        inputs = [self.last, *constants]
        self.last = self.builder.operation(shapes.GROUP_NORM, inputs, output, [int(groups), epsilon, table, scale])

    def reals(self, count):
        """Some of them so large or so small that what is computed with them leaves the range of floats."""
        values = self.random.normal(size=count).astype(np.float32)
        if not self.pick(0, 4):
            values[self.pick(0, count - 1)] = self.random.choice([3e38, -3e38, 1e-44, 0, -0.0])
        return values

    def interpolated_table(self):
        entries = self.random.integers(-32768, 32768, 1025).astype("<i2")
        offset = self.builder.table(entries, 4)
        output = self.wide(self.last["shape"])
        output["borderless"] = True
        self.work_in_place(output)
        self.last = self.builder.operation(shapes.INTERPOLATED_TABLE, [self.last], output, [offset])

    def work_in_place(self, output):
        """Some overwrite what they read, which therefore is there no longer."""
        owner = self.last.get("shares", self.last)
        if self.pick(0, 1) or self.is_input():
            return
        output["shares"] = owner
        self.seen = [tensor for tensor in self.seen if tensor.get("shares", tensor) is not owner]

    def rescale(self):
        self.need_borders()
        self.last = self.builder.operation(shapes.RESCALE, [self.last], self.near(self.last["shape"]))

    def addition(self):
        self.need_borders()
        pair = [self.last, self.partner(self.last["shape"])]
        if self.pick(0, 1):
            pair.reverse()
        self.last = self.builder.operation(shapes.ADDITION, pair, self.near(self.last["shape"]))

    def arithmetic(self):
        """With another tensor or a constant, of which some axes, or the first ones, are 1 or missing."""
        self.need_borders()
        shape = self.last["shape"]
        other = tuple(1 if self.pick(0, 2) == 0 else size for size in shape)
        if self.pick(0, 1):
            other = other[self.pick(0, len(other) - 1) :]
        if self.pick(0, 1):
            values = self.random.integers(-128, 128, other).astype(np.int8)
            scale = float(np.float32(self.random.uniform(0.01, 0.2)))
            partner = self.builder.constant("factors", values, [scale])
            partner["zero"] = self.pick(-128, 127)
        else:
            partner = self.partner(shape) if other == shape else self.given(self.either(other))
        pair = [self.last, partner]
        if self.pick(0, 1):
            pair.reverse()
        output = self.near(shape)
        function = int(self.random.choice([SUM, DIFFERENCE, PRODUCT, MINIMUM, MAXIMUM]))
        self.last = self.builder.operation(shapes.QUANTIZED_ARITHMETIC, pair, output, [function])

    def rearrangement(self):
        """The axes behind the first in another order, each with other indices, some of them of no element."""
        shape = self.last["shape"]
        steps = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
        order = [0, *(1 + self.random.permutation(len(shape) - 1))]
        tables = []
        for axis in order:
            size = shape[axis]
            first = -1 if axis and not self.pick(0, 3) else 0
            indices = np.arange(size) if not axis or self.pick(0, 1) else self.random.integers(first, size, size)
            tables.append(np.where(indices < 0, -1, indices * steps[axis]).astype("<i4"))
        offset = self.builder.table(np.concatenate(tables), 4)
        fill = self.pick(-128, 127) if self.last["element"] == I8 else self.pick(-32767, 32767)
        output = self.alike(self.last, tuple(len(table) for table in tables))
        output["borderless"] = True
        self.last = self.builder.operation(shapes.REARRANGEMENT, [self.last], output, [offset, fill & 0xFFFF])

    def floats(self):
        """The reals that values stand for, as integers again."""
        self.need_borders()
        shape = self.last["shape"]
        reals = self.builder.tensor(self.name_next(), shape, element=F32)
        self.builder.operation(shapes.DEQUANTIZATION, [self.last], reals)
        self.last = self.builder.operation(shapes.QUANTIZATION, [reals], self.near(shape))

    def upsampling(self):
        self.need_borders()
        count, height, width, channels = self.last["shape"]
        limits = [min(16, max(1, PIXELS // (height * width))) for _ in range(2)]
        down = self.pick(1, limits[0])
        across = self.pick(1, max(1, limits[1] // down))
        output = self.alike(self.last, (count, height * down, width * across, channels))
        self.last = self.builder.operation(shapes.UPSAMPLING, [self.last], output, [down, across])

    def concatenation(self):
        self.need_borders()
        *sizes, channels = self.last["shape"]
        inputs = [self.last]
        for _ in range(self.pick(1, 7 if channels < 8 else 2)):
            if len(inputs) == 8:
                break
            again = not self.pick(0, 3)
            shape = *sizes, self.pick(1, 8)
            inputs.append(self.last if again else self.given(self.alike(self.last, shape)))
            if self.last["element"] == I8 and self.pick(0, 1):
                inputs[-1] = self.pooled(inputs[-1])
                if self.pick(0, 1) and len(inputs) < 8:
                    inputs.append(self.averaged(inputs[-1]))
        inputs = [inputs[n] for n in self.random.permutation(len(inputs))]
        output = self.alike(self.last, (*sizes, sum(tensor["shape"][3] for tensor in inputs)))
        channel = 0
        for tensor in inputs:
            if "pooled" in tensor:
                tensor["inside"] = output, channel
                widen(output, tensor["border"])
            channel += tensor["shape"][3]
        self.last = self.builder.operation(shapes.CONCATENATION, inputs, output)
        if any(output["border"]):  # which not every operation can read
            self.rescale()

    def pooled(self, tensor):
        """The same values by a pool of single pixels, which may write them inside a wider tensor."""
        output = self.alike(tensor, tensor["shape"])
        output["pooled"] = True
        kind = shapes.MAX_POOL if self.pick(0, 1) else shapes.AVERAGE_POOL
        return self.builder.operation(kind, [tensor], output, [1, 1, 1, 1])


    def averaged(self, tensor):
        """Means of neighbours, the padding counted, of what is to lie inside a wider tensor."""
        tensor["border"] = [self.pick(1, 2) for _ in range(4)]
        output = self.alike(tensor, tensor["shape"])
        output["pooled"] = True
        return self.builder.operation(shapes.AVERAGE_POOL, [tensor], output, [3, 3, 1, 1, 1, 1, 1, 1, 1])


def widen(tensor, border):
    """Gives a tensor a border that is wide enough for another one's."""
    tensor["border"] = [max(sides) for sides in zip(tensor["border"], border, strict=True)]


def divisors(count):
    return [n for n in range(1, count + 1) if count % n == 0]


def bits(value):
    """Those of a single, as a parameter."""
    return int(np.array(value, "<f4").view("<i4"))
