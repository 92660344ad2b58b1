"""Models of every supported operator of TensorFlow Lite: functions that give names and files, for litert.py."""

import numpy
from ai_edge_litert import schema_py_generated as schema
from tflite_model import NONE, RELU, RELU6, RELU_N1_TO_1, SAME, TYPES, VALID, Model, random


def weights(*shape):
    return random.uniform(-1, 1, shape) / numpy.sqrt(max(1, numpy.prod(shape[1:])))


def window_size(size, window, stride, dilation, padding):
    return -(-size // stride) if padding == SAME else (size - (window - 1) * dilation - 1) // stride + 1


def convolution(shape, filters, stride=(1, 1), dilation=(1, 1), padding=SAME, activation=NONE, bias=True, depthwise=False):
    """Options and sizes of a convolution; `filters` is O·KH·KW·I, or 1·KH·KW·O."""
    channels = filters[3] if depthwise else filters[0]
    rows = window_size(shape[1], filters[1], stride[0], dilation[0], padding)
    columns = window_size(shape[2], filters[2], stride[1], dilation[1], padding)
    fields = {"padding": padding, "strideH": stride[0], "strideW": stride[1], "dilationHFactor": dilation[0],
              "dilationWFactor": dilation[1], "fusedActivationFunction": activation}
    if depthwise:
        fields["depthMultiplier"] = channels // shape[3]
    return channels, [shape[0], rows, columns, channels], fields, bias


CONVOLUTIONS = {
    "plain": dict(shape=[1, 7, 9, 5], filters=[6, 3, 3, 5]),
    "valid": dict(shape=[1, 8, 9, 3], filters=[4, 3, 2, 3], padding=VALID, activation=RELU),
    "strided": dict(shape=[1, 9, 8, 3], filters=[5, 3, 4, 3], stride=(2, 3), activation=RELU6),
    "dilated": dict(shape=[1, 11, 9, 2], filters=[3, 3, 2, 2], dilation=(2, 3), activation=RELU_N1_TO_1),
    "point": dict(shape=[1, 4, 5, 16], filters=[7, 1, 1, 16], bias=False),
    "groups": dict(shape=[1, 6, 5, 6], filters=[4, 3, 3, 3]),
    "depth": dict(shape=[1, 7, 6, 5], filters=[1, 3, 3, 5], depthwise=True, activation=RELU),
    "depth-strided": dict(shape=[1, 9, 6, 3], filters=[1, 3, 2, 3], depthwise=True, stride=(2, 2)),
    "depth-multiplier": dict(shape=[1, 6, 7, 2], filters=[1, 4, 3, 6], depthwise=True, padding=VALID, activation=RELU6),
    "depth-dilated": dict(shape=[1, 9, 9, 4], filters=[1, 3, 3, 4], depthwise=True, dilation=(2, 2)),
}


def convolutions():
    for name, case in CONVOLUTIONS.items():
        kind, options = ("DEPTHWISE_CONV_2D", "DepthwiseConv2D") if case.get("depthwise") else ("CONV_2D", "Conv2D")
        channels, shape, fields, bias = convolution(**case)
        model = Model()
        x = model.input(case["shape"])
        operands = [x, model.constant(weights(*case["filters"]))]
        operands += [model.constant(random.uniform(-1, 1, channels))] if bias else []
        y = model.tensor(shape)
        model.node(kind, operands, [y], options, **fields)
        yield f"convolution-{name}", model.bytes(y)
        for signed in [True, False]:
            if signed or name != "groups":
                yield from quantized_convolution(name, case, kind, options, signed)


def quantized_convolution(name, case, kind, options, signed):
    channels, shape, fields, bias = convolution(**case)
    depthwise = case.get("depthwise", False)
    element = "int8" if signed else "uint8"
    model = Model()
    x = model.input(case["shape"], element, scale=0.037, zero=-11 if signed else 117)
    if signed:
        w = random.integers(-127, 128, case["filters"])
        scales = random.uniform(0.004, 0.02, channels)
        operands = [x, model.constant(w, "int8", scale=scales, axis=3 if depthwise else 0)]
    else:  # one scale, and weights that do not all fit into eight bits less their zero point
        w = random.integers(0, 256, case["filters"])
        scales = numpy.full(channels, 0.011)
        operands = [x, model.constant(w, "uint8", scale=0.011, zero=141)]
    if bias:
        values = random.integers(-2000, 2000, channels)
        scale = numpy.float32(0.037) * numpy.asarray(scales if signed else scales[:1], "float32")
        operands.append(model.constant(values, "int32", scale=scale))
    depth = numpy.prod(case["filters"][1:3]) * (1 if depthwise else case["filters"][3])
    y = model.tensor(shape, element, scale=0.02 * numpy.sqrt(depth), zero=7 if signed else 130)
    model.node(kind, operands, [y], options, **fields)
    yield f"{element}-convolution-{name}", model.bytes(y)


def transposed_convolutions():
    for name, shape, out, filters, stride, padding, activation in [
        ("same", [1, 4, 5, 3], [1, 8, 10, 4], [4, 3, 3, 3], (2, 2), SAME, NONE),
        ("valid", [1, 3, 4, 2], [1, 7, 12, 5], [5, 3, 3, 2], (2, 3), VALID, RELU),
        ("odd", [1, 4, 3, 4], [1, 7, 5, 2], [2, 4, 3, 4], (2, 2), SAME, NONE),
        ("narrow", [1, 3, 3, 2], [1, 9, 9, 3], [3, 2, 2, 2], (3, 3), SAME, NONE),
    ]:
        fields = {"padding": padding, "strideH": stride[0], "strideW": stride[1], "fusedActivationFunction": activation}
        # Where a stride is larger than the filter LiteRT rounds bytes by fixed point, a step off now and then.
        for element in ["float32"] if name == "narrow" else ["float32", "int8"]:
            model = Model()
            size = model.constant(numpy.array(out), "int32")
            if element == "float32":
                x, w = model.input(shape), model.constant(weights(*filters))
                b, y = model.constant(random.uniform(-1, 1, filters[0])), model.tensor(out)
            else:
                x = model.input(shape, element, scale=0.037, zero=-11)
                scales = random.uniform(0.004, 0.02, filters[0])
                w = model.constant(random.integers(-127, 128, filters), element, scale=scales, axis=0)
                scale = numpy.float32(0.037) * scales.astype("float32")
                b = model.constant(random.integers(-2000, 2000, filters[0]), "int32", scale=scale)
                y = model.tensor(out, element, scale=0.06, zero=7)
            model.node("TRANSPOSE_CONV", [size, w, x, b], [y], "TransposeConv", **fields)
            yield f"{element}-transposed-convolution-{name}", model.bytes(y)


def dense():
    for name, shape, width, keep, activation in [
        ("row", [1, 12], 5, False, RELU), ("rows", [3, 8], 4, False, NONE), ("picture", [1, 2, 3, 4], 6, False, NONE),
        ("kept", [1, 3, 4], 5, True, RELU6), ("split", [2, 6], 3, False, NONE),
    ]:
        depth = 24 if name == "picture" else 3 if name == "split" else shape[-1]
        rows = int(numpy.prod(shape)) // depth
        out = [*shape[:-1], width] if keep else [rows, width]
        fields = {"keepNumDims": keep, "fusedActivationFunction": activation}
        model = Model()
        x, w, b = model.input(shape), model.constant(weights(width, depth)), model.constant(weights(width))
        y = model.tensor(out)
        model.node("FULLY_CONNECTED", [x, w, b], [y], "FullyConnected", **fields)
        yield f"dense-{name}", model.bytes(y)
        for element, channelwise in [("int8", True), ("int8", False), ("uint8", False)]:
            model = Model()
            signed = element == "int8"
            x = model.input(shape, element, scale=0.05, zero=-3 if signed else 125)
            scales = random.uniform(0.004, 0.02, width if channelwise else 1)
            w = model.constant(
                random.integers(-127, 128, (width, depth)) + (0 if signed else 128), element, scale=scales,
                zero=0 if signed else 131)
            b = model.constant(random.integers(-900, 900, width), "int32", scale=numpy.float32(0.05) * scales.astype("float32"))
            y = model.tensor(out, element, scale=0.05 * numpy.sqrt(depth), zero=-7 if signed else 140)
            model.node("FULLY_CONNECTED", [x, w, b], [y], "FullyConnected", **fields)
            yield f"{element}-dense-{name}{'-channels' if channelwise else ''}", model.bytes(y)


def pools():
    for kind in ["AVERAGE_POOL_2D", "MAX_POOL_2D"]:
        for name, window, stride, padding, activation in [
            ("whole", (7, 9), (7, 9), VALID, NONE), ("same", (3, 2), (2, 2), SAME, RELU), ("valid", (2, 3), (1, 2), VALID, RELU6),
        ]:
            rows, columns = (window_size(size, window[i], stride[i], 1, padding) for i, size in enumerate([7, 9]))
            for element, zero in [("float32", None), ("int8", 4), ("uint8", 120)]:
                model = Model()
                quantization = {} if zero is None else {"scale": 0.05, "zero": zero}
                x = model.input([1, 7, 9, 5], element, **quantization)
                y = model.tensor([1, rows, columns, 5], element, **quantization)
                model.node(
                    kind, [x], [y], "Pool2D", padding=padding, strideH=stride[0], strideW=stride[1], filterHeight=window[0],
                    filterWidth=window[1], fusedActivationFunction=activation)
                yield f"{element}-{kind}-{name}", model.bytes(y)


FUNCTIONS = {
    "RELU": None, "RELU6": None, "RELU_N1_TO_1": None, "RELU_0_TO_1": None, "LOGISTIC": None, "TANH": None, "ELU": None,
    "HARD_SWISH": "HardSwish", "LEAKY_RELU": ("LeakyRelu", {"alpha": 0.3}), "GELU": ("Gelu", {"approximate": False}),
    "ABS": "Abs", "NEG": "Neg", "EXP": "Exp", "SIN": None, "COS": "Cos", "FLOOR": None, "CEIL": None, "ROUND": None,
    "SQRT": None, "RSQRT": None, "LOG": None, "SQUARE": "Square", "SIGN": "Sign",
}
POSITIVE = ["SQRT", "RSQRT", "LOG"]
QUANTIZED_FUNCTIONS = {  # input scale and zero point, output scale and zero point
    "RELU": [(0.05, 3, 0.05, 3)], "RELU6": [(0.05, -10, 0.05, -10)], "RELU_N1_TO_1": [(0.05, -10, 0.05, -10)],
    "LOGISTIC": [(0.05, 3, 1 / 256, -128), (0.11, -20, 1 / 256, -128)], "TANH": [(0.03, 3, 1 / 128, 0)],
    "ELU": [(0.03, 3, 0.03, -50)], "HARD_SWISH": [(0.05, -2, 0.04, -90), (0.125, 0, 0.125, -40)],
    "LEAKY_RELU": [(0.05, -2, 0.05, -50), (0.25, 0, 0.125, 0)], "GELU": [(0.05, -2, 0.04, -90)],
    "ABS": [(0.25, 5, 0.5, -128)], "EXP": [(0.03, -30, 0.5, -128)],
    "RSQRT": [(0.05, -128, 0.03, -128)], "LOG": [(0.05, -128, 0.03, 0)],
}


def functions():
    for kind, options in FUNCTIONS.items():
        options, fields = options if isinstance(options, tuple) else (options, {})
        model = Model()
        x = model.input([1, 3, 4, 5])
        inner = x
        if kind in POSITIVE:
            inner = model.tensor([1, 3, 4, 5])
            model.node("EXP", [x], [inner], "Exp")
        y = model.tensor([1, 3, 4, 5])
        model.node(kind, [inner], [y], options, **fields)
        yield f"function-{kind}", model.bytes(y)
        for index, (s, z, t, u) in enumerate(QUANTIZED_FUNCTIONS.get(kind, [])):
            model = Model()
            x = model.input([1, 16, 16, 4], "int8", scale=s, zero=z)
            y = model.tensor([1, 16, 16, 4], "int8", scale=t, zero=u)
            model.node(kind, [x], [y], options, **fields)
            yield f"int8-function-{kind}-{index}", model.bytes(y)


def softmax():
    for element, named in [("float32", {}), ("int8", {"scale": 0.1, "zero": 5}), ("uint8", {"scale": 0.1, "zero": 90})]:
        model = Model()
        x = model.input([3, 17], element, **named)
        out = {"scale": 1 / 256, "zero": -128 if element == "int8" else 0} if named else {}
        y = model.tensor([3, 17], element, **out)
        model.node("SOFTMAX", [x], [y], "Softmax", beta=1.0)
        yield f"{element}-softmax", model.bytes(y)


def joints():
    for name, a, b in [("same", [1, 4, 5, 6], [1, 4, 5, 6]), ("channel", [1, 4, 5, 6], [6]), ("scalar", [1, 4, 5, 6], []),
                       ("pixel", [1, 4, 5, 6], [1, 4, 5, 1]), ("both", [1, 4, 1, 6], [1, 1, 5, 6])]:
        shape = list(numpy.broadcast_shapes(a, b))
        for kind in ["ADD", "SUB", "MUL", "DIV", "MINIMUM", "MAXIMUM", "SQUARED_DIFFERENCE"]:
            options = {"MINIMUM": "MaximumMinimum", "MAXIMUM": "MaximumMinimum", "SQUARED_DIFFERENCE": "SquaredDifference"}.get(
                kind, kind.capitalize())
            fields = {"fusedActivationFunction": RELU} if kind in ["ADD", "SUB", "MUL"] and name == "same" else {}
            for constant in [False, True]:
                model = Model()
                x = model.input(a)
                other = model.constant(random.uniform(0.5, 2, b)) if constant else model.input(b)
                y = model.tensor(shape)
                model.node(kind, [x, other], [y], options, **fields)
                yield f"{kind}-{name}{'-constant' if constant else ''}", model.bytes(y)
            if kind in ["ADD", "SUB", "MUL", "MINIMUM", "MAXIMUM"]:
                model = Model()
                keeps = kind in ["MINIMUM", "MAXIMUM"]
                named = [{"scale": scale, "zero": zero} for scale, zero in [(0.05, 3), (0.07, -9), (0.11, 5)]]
                first, second, third = named[:1] * 3 if keeps else named
                x, other = model.input(a, "int8", **first), model.input(b, "int8", **second)
                y = model.tensor(shape, "int8", **third)
                model.node(kind, [x, other], [y], options, **fields)
                yield f"int8-{kind}-{name}", model.bytes(y)
    for element, quantizations in [("float32", [{}] * 4), ("int8", [{"scale": 0.05, "zero": 3}] * 4),
                                   ("uint8", [{"scale": 0.05, "zero": 130}, {"scale": 0.03, "zero": 90}, {"scale": 0.06, "zero": 128},
                                              {"scale": 0.06, "zero": 128}])]:
        for axis in [-1, 1]:
            model = Model()
            shapes = [[1, 3, 4, size] if axis == -1 else [1, size, 4, 3] for size in [2, 3, 5]]
            parts = [model.input(shape, element, **q) for shape, q in zip(shapes, quantizations)]
            y = model.tensor([1, 3, 4, 10] if axis == -1 else [1, 10, 4, 3], element, **quantizations[3])
            model.node("CONCATENATION", parts, [y], "Concatenation", axis=axis)
            yield f"{element}-concatenation{axis}", model.bytes(y)


def shapes():
    for element, named in [("float32", {}), ("int8", {"scale": 0.05, "zero": 3})]:
        def moved(name, kind, given, result, constants, options, **fields):
            model = Model()
            x = model.input(given, element, **named)
            y = model.tensor(result, element, **named)
            model.node(kind, [x, *(model.constant(c, "int32") for c in constants)], [y], options, **fields)
            return f"{element}-{name}", model.bytes(y)

        yield moved("reshape", "RESHAPE", [1, 4, 6], [2, 12], [[2, -1]], "Reshape", newShape=[2, 12])
        yield moved("reshape-option", "RESHAPE", [1, 4, 6], [3, 8], [], "Reshape", newShape=[3, -1])
        yield moved("squeeze", "SQUEEZE", [1, 4, 1, 6], [4, 6], [], "Squeeze", squeezeDims=[])
        yield moved("squeeze-axis", "SQUEEZE", [1, 4, 1, 6], [1, 4, 6], [], "Squeeze", squeezeDims=[-2])
        yield moved("expand", "EXPAND_DIMS", [4, 6], [4, 1, 6], [[1]], "ExpandDims")
        yield moved("pad", "PAD", [1, 4, 5, 2], [1, 6, 8, 2], [[[0, 0], [2, 0], [1, 2], [0, 0]]], "Pad")


def quantization():
    model = Model()
    x = model.input([1, 4, 5, 3])
    q, r, y = (model.tensor([1, 4, 5, 3], "int8", scale=0.02, zero=-5), model.tensor([1, 4, 5, 3], "int8", scale=0.03, zero=9),
               model.tensor([1, 4, 5, 3]))
    model.node("QUANTIZE", [x], [q], "Quantize")
    model.node("QUANTIZE", [q], [r], "Quantize")
    model.node("DEQUANTIZE", [r], [y], "Dequantize")
    yield "quantize-and-back", model.bytes(y)
    for element, zero in [("uint8", 100), ("int8", -28)]:
        model = Model()
        x = model.input([1, 4, 5, 3], element, scale=0.02, zero=zero)
        y = model.tensor([1, 4, 5, 3], "int8", scale=0.027, zero=4)
        model.node("QUANTIZE", [x], [y], "Quantize")
        yield f"{element}-requantize", model.bytes(y)
    for name, kind, data, named in [
        ("half", "float16", weights(4, 3, 3, 2), {}),
        ("bytes", "int8", random.integers(-127, 128, (4, 3, 3, 2)), {"scale": [0.01, 0.02, 0.03, 0.004], "axis": 0}),
    ]:
        model = Model()
        x, w, floats = model.input([1, 5, 6, 2]), model.constant(data, kind, **named), model.tensor([4, 3, 3, 2])
        y = model.tensor([1, 5, 6, 4])
        model.node("DEQUANTIZE", [w], [floats], "Dequantize")
        model.node("CONV_2D", [x, floats, model.constant(weights(4))], [y], "Conv2D", padding=SAME, strideH=1, strideW=1,
                   dilationHFactor=1, dilationWFactor=1)
        yield f"weights-of-{name}", model.bytes(y)


def reductions():
    cases = [("MEAN", [1, 2], False), ("MEAN", [1, 2], True), ("MEAN", [-1], True), ("SUM", [1, 2], False), ("SUM", [0, 3], True),
             ("REDUCE_MAX", [3], False), ("REDUCE_MIN", [1, 2], True), ("REDUCE_PROD", [2], False)]
    for kind, axes, keep in cases:
        shape = [1, 4, 5, 3]
        out = [1 if i in [a % 4 for a in axes] else n for i, n in enumerate(shape) if keep or i not in [a % 4 for a in axes]]
        for element, named, result in [("float32", {}, {}), ("int8", {"scale": 0.05, "zero": 3}, {"scale": 0.05, "zero": 3}),
                                       ("int8", {"scale": 0.05, "zero": 3}, {"scale": 0.03, "zero": -6})]:
            if element == "int8" and (kind == "REDUCE_PROD" or result != named and kind.startswith("REDUCE")):
                continue
            model = Model()
            x, y = model.input(shape, element, **named), model.tensor(out, element, **result)
            model.node(kind, [x, model.constant(axes, "int32")], [y], "Reducer", keepDims=keep)
            yield f"{element}-{kind}-{'-'.join(map(str, axes))}-{keep}{'' if result == named else '-scaled'}", model.bytes(y)


def movements():
    for element, named in [("float32", {}), ("int8", {"scale": 0.05, "zero": 3}), ("uint8", {"scale": 0.05, "zero": 131})]:
        def moved(name, kind, given, results, before, after, options, **fields):
            model = Model()
            first = [model.constant(c, "int32") for c in before]
            x = model.input(given, element, **named)
            ys = [model.tensor(shape, element, **named) for shape in results]
            model.node(kind, [*first, x, *(model.constant(c, "int32") for c in after)], ys, options, **fields)
            return f"{element}-{name}", model.bytes(*ys)

        yield moved("transpose", "TRANSPOSE", [2, 3, 4, 5], [[2, 5, 3, 4]], [], [[0, 3, 1, 2]], "Transpose")
        yield moved("slice", "SLICE", [1, 6, 5, 4], [[1, 3, 4, 2]], [], [[0, 2, 1, 1], [1, 3, -1, 2]], "Slice")
        masks = {"beginMask": 1, "endMask": 9, "ellipsisMask": 0, "newAxisMask": 0, "shrinkAxisMask": 4}
        yield moved("strided", "STRIDED_SLICE", [2, 7, 5, 6], [[2, 3, 3]], [],
                    [[0, 1, 2, 0], [0, 6, 3, 0], [1, 2, 1, 2]], "StridedSlice", **masks)
        backwards = dict.fromkeys(masks, 0)
        yield moved("strided-back", "STRIDED_SLICE", [1, 7, 4], [[1, 3, 2]], [],
                    [[0, -1, -4], [1, 0, 4], [1, -2, 3]], "StridedSlice", **backwards)
        yield moved("split", "SPLIT", [1, 4, 6], [[1, 4, 2]] * 3, [[2]], [], "Split", numSplits=3)
        yield moved("split-sizes", "SPLIT_V", [1, 4, 7], [[1, 4, 2], [1, 4, 1], [1, 4, 4]], [], [[2, 1, -1], [-1]], "SplitV", numSplits=3)
        yield moved("unpack", "UNPACK", [2, 3, 4], [[2, 4]] * 3, [], [], "Unpack", num=3, axis=1)
        yield moved("tile", "TILE", [1, 3, 2], [[2, 3, 6]], [], [[2, 1, 3]], "Tile")
        for mode in [0, 1]:
            yield moved(f"mirror-{mode}", "MIRROR_PAD", [1, 4, 5, 2], [[1, 7, 8, 2]], [], [[[0, 0], [2, 1], [0, 3], [0, 0]]], "MirrorPad", mode=mode)
        yield moved("depth-to-space", "DEPTH_TO_SPACE", [1, 3, 4, 12], [[1, 6, 8, 3]], [], [], "DepthToSpace", blockSize=2)
        yield moved("space-to-depth", "SPACE_TO_DEPTH", [1, 6, 4, 3], [[1, 3, 2, 12]], [], [], "SpaceToDepth", blockSize=2)
        yield moved("gather", "GATHER", [2, 5, 3], [[2, 4, 3]], [], [[4, 0, 0, 2]], "Gather", axis=1)
        for corners, half in [(False, False), (True, False), (False, True)]:
            for size in [(5, 9), (2, 3), (1, 1)]:
                fields = {"alignCorners": corners, "halfPixelCenters": half}
                name = f"{size[0]}x{size[1]}-{corners:d}{half:d}"
                yield moved(f"nearest-{name}", "RESIZE_NEAREST_NEIGHBOR", [1, 3, 4, 2], [[1, *size, 2]], [], [list(size)], "ResizeNearestNeighbor", **fields)
                if element == "float32":
                    yield moved(f"bilinear-{name}", "RESIZE_BILINEAR", [1, 3, 4, 2], [[1, *size, 2]], [], [list(size)], "ResizeBilinear", **fields)
    model = Model()
    parts = [model.input([2, 3]), model.input([2, 3])]
    y = model.tensor([2, 2, 3])
    model.node("PACK", parts, [y], "Pack", valuesCount=2, axis=1)
    yield "pack", model.bytes(y)


def others():
    """Shapes that are computed from shapes, products, choices, indices."""
    model = Model()
    x, shape, rows, target, y = model.input([3, 4, 5]), model.tensor([3], "int32"), model.tensor([], "int32"), model.tensor([2], "int32"), model.tensor([3, 20])
    model.node("SHAPE", [x], [shape], "Shape", outType=schema.TensorType.INT32)
    model.node("STRIDED_SLICE", [shape, *(model.constant([n], "int32") for n in [0, 1, 1])], [rows], "StridedSlice", shrinkAxisMask=1)
    model.node("PACK", [rows, model.constant(20, "int32")], [target], "Pack", valuesCount=2, axis=0)
    model.node("RESHAPE", [x, target], [y], "Reshape")
    yield "shape-of-shape", model.bytes(y)
    for a, b in [(False, False), (True, False), (False, True)]:
        model = Model()
        x = model.input([2, 4, 3] if a else [2, 3, 4])
        other = model.input([2, 5, 4] if b else [2, 4, 5])
        y = model.tensor([2, 3, 5])
        model.node("BATCH_MATMUL", [x, other], [y], "BatchMatMul", adjX=a, adjY=b)
        yield f"product-{a:d}{b:d}", model.bytes(y)
    model = Model()
    x, other = model.input([2, 3, 4]), model.input([1, 3, 1])
    chosen, y = model.tensor([2, 3, 4], "bool"), model.tensor([2, 3, 4])
    model.node("LESS", [x, other], [chosen], "Less")
    model.node("SELECT_V2", [chosen, x, model.constant(0.5)], [y], "SelectV2")
    yield "choice", model.bytes(y)
    model = Model()
    x, slopes, y = model.input([1, 3, 4, 5]), model.constant(random.uniform(-1, 1, (1, 1, 5))), model.tensor([1, 3, 4, 5])
    model.node("PRELU", [x, slopes], [y])
    yield "slopes", model.bytes(y)
    model = Model()
    x, y = model.input([3, 4, 5]), model.tensor([3, 4, 5])
    model.node("L2_NORMALIZATION", [x], [y], "L2Norm")
    yield "l2", model.bytes(y)
    model = Model()
    x, y = model.input([3, 5]), model.tensor([3, 5])
    model.node("LOG_SOFTMAX", [x], [y], "LogSoftmax")
    yield "log-softmax", model.bytes(y)
    for kind, options in [("ARG_MAX", "ArgMax"), ("ARG_MIN", "ArgMin")]:
        model = Model()
        x, found, y = model.input([2, 5, 3]), model.tensor([2, 3], "int32"), model.tensor([2, 3])
        model.node(kind, [x, model.constant(1, "int32")], [found], options, outputType=schema.TensorType.INT32)
        model.node("CAST", [found], [y], "Cast", inDataType=schema.TensorType.INT32, outDataType=schema.TensorType.FLOAT32)
        yield kind, model.bytes(y)

CASES = [
    convolutions, transposed_convolutions, dense, pools, functions, softmax, joints, shapes, quantization, reductions,
    movements, others,
]
