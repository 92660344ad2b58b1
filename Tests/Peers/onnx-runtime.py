#!/usr/bin/env python3
"""ONNX files against ONNX Runtime, in both directions.

    onnx-runtime.py DIR -- swift test -c release --filter PeerTests

writes models of every supported operator, with inputs and ONNX Runtime's outputs, to DIR/theirs; runs the command
behind `--` with SWIFTLET_PEERS=DIR, which compares those and writes files of its own, with inputs and outputs, to
DIR/ours; then runs these in ONNX Runtime. Needs numpy, onnx and onnxruntime. Tensors are float32 or int64, as in the
file (NCHW), little-endian, without a header: NAME.input, NAME.input1, ... NAME.output0, ...
"""

import os
import pathlib
import subprocess
import sys

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

TOLERANCE = 1e-4
random = numpy.random.default_rng(1)


def tensor(name, *shape):
    """A random constant; sums over it stay near 1."""
    scale = 1 / numpy.sqrt(max(1, numpy.prod(shape[1:])))
    return numpy_helper.from_array((random.uniform(-1, 1, shape) * scale).astype("float32"), name)


def variance(name, count):
    return numpy_helper.from_array(random.uniform(0.5, 2, count).astype("float32"), name)


def integers(name, *values):
    return numpy_helper.from_array(numpy.array(values, "int64"), name)


def scalar(name, value):
    return numpy_helper.from_array(numpy.array(value, "float32"), name)


def half(name, *shape):
    return numpy_helper.from_array(random.uniform(-1, 1, shape).astype("float16"), name)


def model(nodes, constants, shape, opset):
    """Nodes are (type, inputs, output, attributes); the graph goes from x to y."""
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, [output], **attributes) for kind, inputs, output, attributes in nodes],
        "peer",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10 if opset > 17 else 8)


def convolutions():
    weights = [tensor("w", 6, 4, 3, 3), tensor("b", 6)]
    inputs = ["x", "w", "b"]
    for name, attributes in {
        "plain": {},
        "pads": {"pads": [1, 0, 2, 3]},
        "strides": {"strides": [2, 3], "pads": [1, 1, 1, 1]},
        "dilations": {"dilations": [2, 1]},
        "same-upper": {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
        "same-lower": {"auto_pad": "SAME_LOWER", "strides": [2, 3]},
        "valid": {"auto_pad": "VALID", "kernel_shape": [3, 3]},
    }.items():
        yield "convolution-" + name, [("Conv", inputs, "y", attributes)], weights, [1, 4, 10, 11]
    yield "convolution-groups", [("Conv", ["x", "w"], "y", {"group": 2})], [tensor("w", 6, 2, 2, 3)], [1, 4, 7, 8]
    yield "convolution-depthwise", [("Conv", ["x", "w"], "y", {"group": 4})], [tensor("w", 8, 1, 2, 2)], [1, 4, 7, 8]


def pools():
    for name, attributes in {
        "plain": {},
        "strides": {"strides": [2, 3]},
        "pads": {"pads": [1, 0, 1, 2], "strides": [2, 2]},
        "same-upper": {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
        "same-lower": {"auto_pad": "SAME_LOWER", "strides": [1, 2]},
    }.items():
        for kind in ["MaxPool", "AveragePool"]:
            node = (kind, ["x"], "y", {"kernel_shape": [2, 3], **attributes})
            yield f"{kind}-{name}", [node], [], [1, 3, 9, 10]
    node = ("AveragePool", ["x"], "y", {"kernel_shape": [3, 3], "pads": [1, 2, 0, 1], "count_include_pad": 1})
    yield "AveragePool-counting", [node], [], [1, 3, 9, 10]
    yield "GlobalAveragePool", [("GlobalAveragePool", ["x"], "y", {})], [], [1, 5, 3, 4]


def ceilings():
    """Without windows that begin behind the picture: older versions count them, against the standard."""
    for size in range(8, 15):
        for pad in [0, 1]:
            for stride in [2, 3, 4]:
                if -(-(size + 2 * pad - 3) // stride) * stride >= size + pad:
                    continue
                for kind in ["MaxPool", "AveragePool"]:
                    attributes = {"kernel_shape": [3, 3], "strides": [stride, 2], "pads": [pad] * 4, "ceil_mode": 1}
                    yield f"{kind}-ceil-{size}-{pad}-{stride}", [(kind, ["x"], "y", attributes)], [], [1, 2, size, 9]


def dense():
    yield "gemm", [("Gemm", ["x", "w", "b"], "y", {"alpha": 0.5, "beta": 2.0})], [tensor("w", 9, 5), tensor("b", 5)], [1, 9]
    node = ("Gemm", ["x", "w", "b"], "y", {"transB": 1})
    yield "gemm-transposed", [node], [tensor("w", 5, 9), tensor("b", 1, 5)], [1, 9]
    yield "gemm-scalar", [("Gemm", ["x", "w", "b"], "y", {})], [tensor("w", 9, 5), scalar("b", 0.3)], [1, 9]
    nodes = [("MatMul", ["x", "w"], "p", {}), ("Add", ["b", "p"], "y", {})]
    yield "matmul-add", nodes, [tensor("w", 9, 5), tensor("b", 5)], [1, 9]
    yield "matmul-three", [("MatMul", ["x", "w"], "y", {})], [tensor("w", 9, 5)], [1, 3, 9]
    # The order of a flattened picture, by every way to flatten it.
    after = [("Gemm", ["f", "w"], "g", {}), ("Relu", ["g"], "y", {})]
    constants = [tensor("w", 36, 5), integers("shape", 1, -1), integers("keep", 0, 36)]
    yield "flatten", [("Flatten", ["x"], "f", {}), *after], constants, [1, 3, 4, 3]
    yield "flatten-reshape", [("Reshape", ["x", "shape"], "r", {}), ("Tanh", ["r"], "f", {}), *after], constants, [1, 3, 4, 3]
    nodes = [("Reshape", ["x", "keep"], "r", {}), ("Dropout", ["r"], "f", {}), *after]
    yield "flatten-keep", nodes, constants, [1, 3, 4, 3]
    nodes = [
        ("Flatten", ["x"], "a", {}), ("Reshape", ["a", "picture"], "b", {}), ("Conv", ["b", "c"], "d", {}),
        ("Reshape", ["d", "flat"], "f", {}), ("Gemm", ["f", "w"], "y", {}),
    ]
    constants = [integers("picture", 1, 3, 4, 3), tensor("c", 2, 3, 1, 1), integers("flat", 1, 24), tensor("w", 24, 5)]
    yield "flatten-and-back", nodes, constants, [1, 3, 4, 3]
    yield "softmax-flat", [("Flatten", ["x"], "f", {}), ("Softmax", ["f"], "s", {}), ("Gemm", ["s", "w"], "y", {})], [
        tensor("w", 36, 5)], [1, 3, 4, 3]


def scales():
    convolution = ("Conv", ["x", "w"], "c", {})
    constants = [tensor("w", 6, 3, 2, 2), tensor("s", 6), tensor("b", 6), tensor("m", 6), variance("v", 6)]
    normal = ("BatchNormalization", ["c", "s", "b", "m", "v"], "y", {"epsilon": 0.01})
    yield "normalization-folded", [convolution, normal], constants, [1, 3, 5, 6]
    nodes = [("Conv", ["x", "w", "m"], "c", {}), normal]
    yield "normalization-with-bias", nodes, constants, [1, 3, 5, 6]
    nodes = [convolution, ("Relu", ["c"], "r", {}), ("BatchNormalization", ["r", "s", "b", "m", "v"], "y", {})]
    yield "normalization-alone", nodes, constants, [1, 3, 5, 6]
    nodes = [
        convolution, ("Identity", ["c"], "i", {}), ("Identity", ["c"], "j", {}),
        ("BatchNormalization", ["i", "s", "b", "m", "v"], "n", {}), ("Add", ["n", "a"], "k", {}),
        ("MaxPool", ["k"], "y", {"kernel_shape": [2, 2]}),
    ]
    yield "normalization-of-an-alias", nodes, [*constants, tensor("a", 6, 1, 1)], [1, 3, 5, 6]
    nodes = [("Gemm", ["x", "w"], "c", {}), normal]
    yield "normalization-of-rows", nodes, [tensor("w", 9, 6), *constants[1:]], [1, 9]
    yield "bias-of-a-picture", [("Add", ["x", "a"], "y", {})], [tensor("a", 1, 3, 1, 1)], [1, 3, 5, 6]
    yield "bias-of-a-convolution", [convolution, ("Add", ["c", "a"], "y", {})], [constants[0], tensor("a", 6, 1, 1)], [1, 3, 5, 6]
    yield "half", [("Conv", ["x", "v"], "y", {})], [tensor("v", 2, 3, 1, 1)], [1, 3, 4, 4]


def unary():
    for kind in ["Relu", "Sigmoid", "Tanh", "Identity"]:
        yield kind, [(kind, ["x"], "y", {})], [], [1, 3, 4, 5]
    yield "squeeze-rows", [("GlobalAveragePool", ["x"], "p", {}), ("Flatten", ["p"], "y", {})], [], [1, 3, 4, 5]
    yield "reshape-one-channel", [("Reshape", ["x", "s"], "y", {})], [integers("s", 1, 4, -1)], [1, 1, 6, 4]
    yield "reshape-constant", [("Reshape", ["v", "s"], "w", {}), ("MatMul", ["x", "w"], "y", {})], [
        tensor("v", 2, 3, 5), integers("s", 6, 5)], [1, 6]


def functions(opset):
    """Functions of one value, with the attributes left out and given, in the sets that have them."""
    plain = ["Abs", "Ceil", "Cos", "Elu", "Exp", "Floor", "HardSigmoid", "LeakyRelu", "Neg", "Selu", "Sin", "Softplus"]
    later = {9: ["Erf", "Sign"], 10: ["ThresholdedRelu"], 11: ["Round"], 14: ["HardSwish"], 18: ["Mish"]}
    plain += ["Softsign", *(kind for first, kinds in later.items() if opset >= first for kind in kinds)]
    for kind in plain:
        yield kind, [(kind, ["x"], "y", {})], [], [1, 3, 4, 5]
    # Where the lines of the hard ones end and the threshold is passed.
    weights = numpy_helper.from_array(random.uniform(-2, 2, (5, 3, 1, 1)).astype("float32"), "w")
    for kind in plain:
        if kind not in ["Ceil", "Exp", "Floor", "Round", "Sign"]:
            yield kind + "-wide", [("Conv", ["x", "w"], "c", {}), (kind, ["c"], "y", {})], [weights], [1, 3, 4, 5]
    given = {"Elu": {"alpha": 0.7}, "HardSigmoid": {"alpha": 0.3, "beta": 0.4}, "LeakyRelu": {"alpha": 0.1}}
    given |= {"Selu": {"alpha": 1.5, "gamma": 1.2}, "ThresholdedRelu": {"alpha": 0.3}}
    for kind, attributes in given.items():
        if kind in plain:
            yield kind + "-given", [(kind, ["x"], "y", attributes)], [], [1, 3, 4, 5]
    for kind in ["Log", "Sqrt", "Reciprocal"]:
        yield kind, [("Softplus", ["x"], "p", {}), (kind, ["p"], "y", {})], [], [1, 3, 4, 5]
    if opset >= 9:
        parts = [("Div", ["x", "r"], "d", {}), ("Erf", ["d"], "e", {}), ("Add", ["e", "o"], "a", {})]
        parts += [("Mul", ["x", "a"], "m", {}), ("Mul", ["m", "h"], "y", {})]
        yield "Gelu-parts", parts, [scalar("r", 2**0.5), scalar("o", 1), scalar("h", 0.5)], [1, 3, 4, 5]
    if opset >= 20:
        yield "Gelu", [("Gelu", ["x"], "y", {})], [], [1, 3, 4, 5]
        yield "Gelu-tanh", [("Gelu", ["x"], "y", {"approximate": "tanh"})], [], [1, 3, 4, 5]


def denoisers(opset):
    """What a network that predicts noise has besides convolutions."""
    gate = [("Sigmoid", ["x"], "s", {}), ("Mul", ["x", "s"], "y", {})]
    yield "silu", gate, [], [1, 3, 4, 5]
    branches = [("Conv", ["x", "w"], "a", {}), ("Conv", ["x", "v"], "b", {})]
    constants = [tensor("w", 6, 3, 1, 1), tensor("v", 6, 3, 1, 1)]
    yield "add-branches", [*branches, ("Add", ["a", "b"], "y", {})], constants, [1, 3, 4, 5]
    yield "concat", [*branches, ("Concat", ["a", "x", "b"], "y", {"axis": 1})], constants, [1, 3, 4, 5]
    nodes = [("GlobalAveragePool", ["x"], "p", {}), ("Add", ["p", "x"], "y", {})]
    yield "add-pixel", nodes, [], [1, 3, 4, 5]
    nodes = [
        ("GlobalAveragePool", ["x"], "p", {}), ("Flatten", ["p"], "f", {}), ("Gemm", ["f", "g", "zero"], "r", {}),
        ("Unsqueeze", ["r", "axes"], "u", {}), ("Add", ["x", "u"], "y", {}),
    ]
    yield "add-row", nodes, [tensor("g", 3, 3), integers("axes", 2, 3), scalar("zero", 0)], [1, 3, 4, 5]
    scales = numpy_helper.from_array(numpy.array([1, 1, 3, 2], "float32"), "t")
    floor = {"coordinate_transformation_mode": "asymmetric", "mode": "nearest", "nearest_mode": "floor"}
    yield "resize", [("Resize", ["x", "", "t"], "y", floor)], [scales], [1, 3, 4, 5]
    yield "resize-half-pixel", [("Resize", ["x", "", "t"], "y", {})], [scales], [1, 3, 4, 5]
    yield "resize-sizes", [("Resize", ["x", "", "", "z"], "y", floor)], [integers("z", 1, 3, 8, 20)], [1, 3, 4, 5]
    if opset >= 21:
        node = ("GroupNormalization", ["x", "g", "b"], "y", {"num_groups": 3, "epsilon": 0.01})
        yield "group-normalization", [node], [tensor("g", 12), tensor("b", 12)], [1, 12, 5, 7]


def versions(opset):
    """What is said differently in different operator sets."""
    if opset < 11:
        yield "clip", [("Clip", ["x"], "y", {"min": -0.3, "max": 0.4})], [], [1, 3, 4, 5]
        yield "pad", [("Pad", ["x"], "y", {"pads": [0, 1, 2, 0, 0, 0, 1, 3], "value": 0.7})], [], [1, 3, 4, 5]
    else:
        yield "clip", [("Clip", ["x", "", "high"], "y", {})], [scalar("high", 0.4)], [1, 3, 4, 5]
        constants = [integers("p", 0, 1, 2, 0, 0, 0, 1, 3), scalar("v", 0.7)]
        yield "pad", [("Pad", ["x", "p", "v"], "y", {})], constants, [1, 3, 4, 5]
    if opset < 13:
        yield "softmax", [("Softmax", ["x"], "y", {})], [], [1, 7]
        yield "softmax-pixel", [("Softmax", ["x"], "y", {"axis": 1})], [], [1, 7, 1, 1]
        nodes = [("GlobalAveragePool", ["x"], "p", {}), ("Squeeze", ["p"], "s", {"axes": [2, 3]})]
        yield "squeeze", [*nodes, ("Unsqueeze", ["s"], "y", {"axes": [0, 3]})], [], [1, 3, 4, 5]
    else:
        yield "softmax", [("Softmax", ["x"], "y", {})], [], [1, 7]
        yield "softmax-channels", [("Softmax", ["x"], "y", {"axis": 1})], [], [1, 3, 4, 5]
        nodes = [("GlobalAveragePool", ["x"], "p", {}), ("Squeeze", ["p", "a"], "s", {})]
        constants = [integers("a", 2, 3), integers("b", 0, -1)]
        yield "squeeze", [*nodes, ("Unsqueeze", ["s", "b"], "y", {})], constants, [1, 3, 4, 5]
    if opset >= 9:
        constant = helper.make_tensor("v", TensorProto.FLOAT, [9, 2], random.uniform(-1, 1, 18))
        yield "constant", [("Constant", [], "w", {"value": constant}), ("MatMul", ["x", "w"], "y", {})], [], [1, 9]


def run(path, *inputs):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    given = session.get_inputs()
    shapes = [[1 if isinstance(d, str) else d for d in value.shape] for value in given]
    return session.run(None, {value.name: x.reshape(shape) for value, x, shape in zip(given, inputs, shapes)})


def inputs(path):
    """What a model of the other side is given, in its order."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for index, value in enumerate(session.get_inputs()):
        suffix = ".input" if index == 0 else f".input{index}"
        yield numpy.fromfile(path.with_suffix(suffix), "<i8" if value.type == "tensor(int64)" else "<f4")


def make(folder):
    """Writes the models and what ONNX Runtime computes."""
    count = 0
    for opset in [7, 9, 11, 13, 17, 21]:
        cases = list(functions(opset)) + (list(denoisers(opset)) if opset >= 13 else [])
        if opset <= 17:
            cases += [*convolutions(), *dense(), *scales(), *unary(), *pools(), *versions(opset)]
            cases += ceilings() if opset >= 11 else []
        for name, nodes, constants, shape in cases:
            path = folder / f"{name}-{opset}.onnx"
            if opset < 11:  # where Gemm's third input is not yet optional
                nodes = [(k, [*i, "zero"] if k == "Gemm" and len(i) == 2 else i, o, a) for k, i, o, a in nodes]
                constants = [*constants, scalar("zero", 0)]
            read = {name for node in nodes for name in node[1]}
            onnx.save(model(nodes, [c for c in constants if c.name in read], shape, opset), path)
            x = random.uniform(-1, 1, shape).astype("float32")
            x.tofile(path.with_suffix(".input"))
            for index, y in enumerate(run(path, x)):
                y.tofile(path.with_suffix(f".output{index}"))
            count += 1
    return count


def check(folder):
    """Runs the other side's files; returns their number and the largest difference."""
    count, largest = 0, 0.0
    for path in sorted(folder.glob("*.onnx")):
        onnx.checker.check_model(str(path), full_check=True)
        for index, y in enumerate(run(path, *inputs(path))):
            wanted = numpy.fromfile(path.with_suffix(f".output{index}"), "<f4")
            difference = float(numpy.abs(y.ravel() - wanted).max()) if y.size == wanted.size else float("inf")
            if not difference <= TOLERANCE:
                sys.exit(f"{path.name}: output {index} differs by {difference}")
            count, largest = count + 1, max(largest, difference)
    return count, largest


def main():
    if len(sys.argv) < 4 or sys.argv[2] != "--":
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    for name in ["theirs", "ours"]:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for old in (folder / name).iterdir():
            old.unlink()
    made = make(folder / "theirs")
    subprocess.run(sys.argv[3:], env={**os.environ, "SWIFTLET_PEERS": str(folder.resolve())}, check=True)
    count, largest = check(folder / "ours")
    if count == 0:
        sys.exit("the command wrote no files")
    print(f"ONNX Runtime {onnxruntime.__version__}: {made} models read, {count} outputs of ours equal within {largest:.1e}")


main()
