#!/usr/bin/env python3
"""The quantized operators of an ONNX file one by one against ONNX Runtime's, byte for byte.

    quantized_nodes.py MODEL PICTURES [--count N]

MODEL is a file of QLinearConv, QLinearAdd and the like (QOperator) that takes pictures of CIFAR-10. PICTURES is a JPEG
mosaic of them, 32×32 each, of which N (3) spread over it are taken. ONNX Runtime computes the network; each operator then
becomes a network of its own, is compiled, and gets the bytes that ONNX Runtime gave it.

Exit status: 0 all bytes are equal, 1 not. Needs numpy, pillow, onnx and onnxruntime.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / ".build/release"
MEAN, DEVIATION = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
# By operator: where scale and zero point of each operand stand, and those of the result.
OPERANDS = {
    "QLinearConv": ([0], 6),
    "QLinearAdd": ([0, 3], 6),
    "QLinearGlobalAveragePool": ([0], 3),
    "QGemm": ([0], 7),
}


def pictures(path, count):
    mosaic = np.asarray(Image.open(path).convert("RGB"), np.uint8)
    rows, columns = mosaic.shape[0] // 32, mosaic.shape[1] // 32
    for place in np.linspace(0, rows * columns - 1, count).astype(int):
        y, x = 32 * (place // columns), 32 * (place % columns)
        real = mosaic[y : y + 32, x : x + 32].astype(np.float32) / np.float32(255)
        yield ((real - MEAN) / DEVIATION).transpose(2, 0, 1)[np.newaxis]


def operands(node):
    """The names of what a node computes with, constants left out, each with where its scale stands."""
    return {node.input[place]: place + 1 for place in OPERANDS[node.op_type][0]}


def all_values(model, nodes, inputs):
    """What ONNX Runtime gives for each input: every operand and result of the nodes, by name."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    for name in dict.fromkeys(name for node in nodes for name in [*operands(node), node.output[0]]):
        if name not in {output.name for output in model.graph.output}:
            model.graph.output.append(helper.make_empty_tensor_value_info(name))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Without it, products of unsigned and signed bytes saturate on processors without VNNI.
    options.add_session_config_entry("session.x64quantprecision", "1")
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    names = [output.name for output in session.get_outputs()]
    return [dict(zip(names, session.run(None, {session.get_inputs()[0].name: x}))) for x in inputs]


def alone(model, node, values):
    """A network of one operator, between the conversions from and to floats that its file would have."""
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    result = OPERANDS[node.op_type][1]
    nodes = [
        helper.make_node("QuantizeLinear", ["real." + name, *node.input[place : place + 2]], [name])
        for name, place in operands(node).items()
    ]
    conversion = helper.make_node("DequantizeLinear", [node.output[0], *node.input[result : result + 2]], ["result"])
    nodes += [node, conversion]
    given = [helper.make_tensor_value_info("real." + x, TensorProto.FLOAT, values[x].shape) for x in operands(node)]
    taken = [helper.make_tensor_value_info("result", TensorProto.FLOAT, values[node.output[0]].shape)]
    used = [constants[name] for name in dict.fromkeys(node.input) if name in constants]
    network = helper.make_model(helper.make_graph(nodes, "one", given, taken, used), opset_imports=model.opset_import)
    network.ir_version = model.ir_version
    return network


def run(*command):
    subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)


def differing(network, node, runs, folder):
    """How many bytes differ, and of how many."""
    onnx.save(network, folder / "one.onnx")
    run(PROGRAMS / "quantize", folder / "one.onnx", "-q", "-o", folder / "one.edge")
    wrong = count = 0
    for values in runs:
        arguments = []
        for index, name in enumerate(operands(node)):
            np.save(folder / f"{index}.npy", (values[name] ^ 128).view(np.int8))
            arguments += ["--input", f"real.{name}={folder}/{index}.npy"]
        infer = [PROGRAMS / "edge-run", "infer", folder / "one.edge", "--quantized", "--quiet", "--output-dir", folder]
        run(*infer, *arguments)
        wanted = (values[node.output[0]] ^ 128).view(np.int8)
        wrong += int((np.load(folder / "result.npy") != wanted).sum())
        count += wanted.size
    return wrong, count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("pictures", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=3)
    options = parser.parse_args()
    model = onnx.load(options.model)
    nodes = [node for node in model.graph.node if node.op_type in OPERANDS]
    runs = all_values(model, nodes, list(pictures(options.pictures, options.count)))
    failed = total = 0
    with tempfile.TemporaryDirectory() as folder:
        for node in nodes:
            network = alone(model, node, runs[0])
            wrong, count = differing(network, node, runs, pathlib.Path(folder))
            total += count
            if wrong:
                print(f"{node.op_type} '{node.name}': {wrong} of {count} bytes differ")
                failed += 1
    print(f"{len(nodes) - failed} operators passed, {failed} failed, {total} bytes")
    return 1 if failed or not nodes else 0


if __name__ == "__main__":
    sys.exit(main())
