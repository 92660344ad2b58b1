#!/usr/bin/env python3
"""Random networks of splits, concatenations, shuffles and what reads them: compiled, checked, and compared with ONNX Runtime.

    random_graphs.py [--count N] [--first SEED]

Each of N (20) networks is compiled to 8 bits and to floats. `edge-run verify` must find what the workstation computed, by the
plain kernels and by the best ones; the floats must be ONNX Runtime's within 1e-4 of the largest.

Exit status: 0 all hold, 1 not. Needs numpy, onnx and onnxruntime.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / ".build/release"
CHANNELS = 48  # that a concatenation has at most


class Network:
    """Grows operators on values that are there, all of one height and width."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.side = self.pick(4, 8)
        self.nodes, self.constants, self.names = [], [], 0
        self.values = {}  # name: channels
        self.convolve("x", 3, self.pick(4, 12), 3)
        kinds = [self.pointwise, self.padded, self.depthwise, self.split, self.slice, self.join, self.join, self.pool]
        kinds += [self.add, self.shuffle, self.stack]
        for _ in range(self.pick(4, 11)):
            name = list(self.values)[self.pick(0, len(self.values) - 1)]
            kinds[self.pick(0, len(kinds) - 1)](name, self.values[name])

    def pick(self, low, high):
        """low … high"""
        return int(self.random.integers(low, high + 1))

    def name(self):
        self.names += 1
        return f"value{self.names}"

    def integers(self, *values):
        self.constants.append(numpy_helper.from_array(np.array(values, np.int64), self.name()))
        return self.constants[-1].name

    def reals(self, *shape):
        values = self.random.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
        self.constants.append(numpy_helper.from_array(values.astype(np.float32), self.name()))
        return self.constants[-1].name

    def node(self, kind, inputs, outputs=1, **attributes):
        names = [self.name() for _ in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=f"{kind} {names[0]}", **attributes))
        return names[0] if outputs == 1 else names

    def convolve(self, x, channels, outputs, side, groups=1):
        inputs = [x, self.reals(outputs, channels // groups, side, side), self.reals(outputs)]
        y = self.node("Conv", inputs, pads=[side // 2] * 4, group=groups, kernel_shape=[side, side])
        function = self.random.choice(["", "Relu", "Sigmoid", "HardSwish"])
        self.values[self.node(function, [y]) if function else y] = outputs

    def pointwise(self, x, channels):
        self.convolve(x, channels, self.pick(2, 13), 1)

    def padded(self, x, channels):
        self.convolve(x, channels, self.pick(2, 13), 3)

    def depthwise(self, x, channels):
        self.convolve(x, channels, channels, 3, channels)

    def split(self, x, channels):
        if channels > 1:
            first = self.pick(1, channels - 1)
            parts = self.node("Split", [x, self.integers(first, channels - first)], 2, axis=1)
            self.values |= dict(zip(parts, [first, channels - first]))

    def slice(self, x, channels):
        first = self.pick(0, channels - 1)
        end = self.pick(first + 1, channels)
        self.values[self.node("Slice", [x, self.integers(first), self.integers(end), self.integers(1)])] = end - first

    def join(self, *_):
        names = [list(self.values)[self.pick(0, len(self.values) - 1)] for _ in range(self.pick(2, 3))]
        channels = sum(self.values[name] for name in names)
        if channels <= CHANNELS:
            self.values[self.node("Concat", names, axis=1)] = channels

    def pool(self, x, channels):
        attributes = {"kernel_shape": [3, 3], "pads": [1] * 4}
        if self.pick(0, 1):
            self.values[self.node("MaxPool", [x], **attributes)] = channels
        else:
            counts = self.pick(0, 1)
            self.values[self.node("AveragePool", [x], count_include_pad=counts, **attributes)] = channels

    def alike(self, channels):
        names = [name for name, own in self.values.items() if own == channels]
        return names[self.pick(0, len(names) - 1)]

    def add(self, x, channels):
        self.values[self.node("Add", [x, self.alike(channels)])] = channels

    def shuffle(self, x, channels):
        if channels % 2 == 0:
            side = self.side
            y = self.node("Reshape", [x, self.integers(1, 2, channels // 2, side, side)])
            y = self.node("Transpose", [y], perm=[0, 2, 1, 3, 4])
            self.values[self.node("Reshape", [y, self.integers(1, channels, side, side)])] = channels

    def stack(self, x, channels):
        """Two pictures one above the other, and the middle of that."""
        half = self.side // 2
        y = self.node("Concat", [x, self.alike(channels)], axis=2)
        y = self.node("Slice", [y, self.integers(half), self.integers(half + self.side), self.integers(2)])
        self.values[y] = channels

    def model(self):
        """With a layer of all values that nothing reads as one row, and some values as outputs, too."""
        read = {name for node in self.nodes for name in node.input}
        rows, size = [], 0
        for name in [name for name in self.values if name not in read][-6:]:
            pooled = self.pick(0, 1)
            rows.append(self.node("Flatten", [self.node("GlobalAveragePool", [name]) if pooled else name]))
            size += self.values[name] * (1 if pooled else self.side**2)
        row = self.node("Concat", rows, axis=1) if len(rows) > 1 else rows[0]
        shapes = {self.node("Gemm", [row, self.reals(5, size)], transB=1): [1, 5]}
        for name, channels in self.values.items():
            if not self.pick(0, 7):
                shapes[name] = [1, channels, self.side, self.side]
        floats = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)  # noqa: E731
        outputs = [floats(name, shape) for name, shape in shapes.items()]
        given = [floats("x", [1, 3, self.side, self.side])]
        graph = helper.make_graph(self.nodes, "random", given, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model


def run(*command):
    """What a command that failed says, else nothing."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    return (result.stderr.strip() or str(result.returncode)) if result.returncode else ""


def compiled(folder, *flags):
    """Compiles the network and checks it; what is wrong."""
    wrong = run(PROGRAMS / "quantize", folder / "x.onnx", *flags, "-q", "-o", folder / "x.edge")
    for kernels in ["--kernels", "scalar"], []:
        wrong = wrong or run(PROGRAMS / "edge-run", "verify", folder / "x.edge", *kernels, "--quiet")
    return wrong


def differing(folder, model, seed):
    """Which outputs of the float network are not ONNX Runtime's."""
    session = onnxruntime.InferenceSession(model.SerializeToString())
    x = np.random.default_rng(seed).standard_normal(session.get_inputs()[0].shape).astype(np.float32)
    np.save(folder / "x.npy", x)
    infer = [PROGRAMS / "edge-run", "infer", folder / "x.edge", "--input", f"x={folder}/x.npy", "--quiet"]
    wrong = run(*infer, "--output-dir", folder)
    for output, wanted in zip(session.get_outputs(), session.run(None, {"x": x})):
        if not wrong and np.abs(np.load(folder / f"{output.name}.npy") - wanted).max() > 1e-4 * np.abs(wanted).max():
            wrong = f"output '{output.name}' is not ONNX Runtime's"
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    failed = 0
    for seed in range(options.first, options.first + options.count):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            model = Network(seed).model()
            onnx.save(model, folder / "x.onnx")
            wrong = compiled(folder, "--calibration", "random:16", "--rounding", "nearest")
            wrong = wrong or compiled(folder, "--precision", "fp32") or differing(folder, model, seed)
            if wrong:
                print(f"seed {seed}: {wrong}")
                failed += 1
    print(f"{options.count - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
