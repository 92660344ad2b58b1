#!/usr/bin/env python3
"""Whole models against ONNX Runtime and LiteRT: what `quantize` and `edge-run infer` make of them.

    whole_models.py MODELS [--count N] [--only TEXT]

MODELS holds float/, int8/ and golden/golden.json, as ../shared/data/models does; the inputs are drawn by the rule in that
file with the seeds 1 … N (20). Float models are compiled with `--precision fp32`; their outputs are within 1e-4 of the
output's range of the peer's. Models that are quantized already keep their integers: those of LiteRT's outputs that are
bytes are the same, or one step off in few places; floats behind the integers are within 1e-4 of the range, or one step of
the last quantized value off in few places. Exit status: 0 all hold, 1 not. Needs numpy, onnxruntime and ai-edge-litert.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / ".build/release"
TOLERANCE = 1e-4


def drawn(entry, seed):
    """The elements of an input: the linear congruential generator of golden.json."""
    count, state, numbers = int(np.prod(entry["shape"])), seed, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % (1 << 32)
        numbers.append(state)
    numbers = np.array(numbers, np.uint64)
    kind = entry["type"]
    if kind == "float32":
        low, high = entry.get("lo", 0.0), entry.get("hi", 1.0)
        values = (low + (high - low) * (numbers >> np.uint64(8)).astype(np.float64) / 2**24).astype(np.float32)
    elif kind == "bool":
        values = np.zeros(count, bool)
    else:
        values = (numbers >> np.uint64(24)).astype(np.uint8)
        values = values if kind == "uint8" else (values ^ 128).view(np.int8)
    return values.reshape(entry["shape"])


class OnnxRuntime:
    def __init__(self, path):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options)
        self.names = [output.name for output in self.session.get_outputs()]

    def run(self, inputs):
        return dict(zip(self.names, self.session.run(None, inputs)))


class LiteRT:
    def __init__(self, path):
        from ai_edge_litert import interpreter
        self.runtime = interpreter.Interpreter(model_path=str(path), num_threads=1)
        self.runtime.allocate_tensors()

    def run(self, inputs):
        self.runtime.reset_all_variables()
        for detail in self.runtime.get_input_details():
            self.runtime.set_tensor(detail["index"], inputs[detail["name"]])
        self.runtime.invoke()
        return {d["name"]: self.runtime.get_tensor(d["index"]).copy() for d in self.runtime.get_output_details()}


def run(*command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(result.stderr.strip())


class Ours:
    def __init__(self, path, entry, folder):
        self.folder, self.model = folder, folder / "model.edge"
        flags = ["--precision", "fp32"] if path.parent.name == "float" else []
        for given in entry["inputs"]:
            flags += ["--input-shape", given["name"] + "=" + "x".join(map(str, given["shape"]))]
        try:
            run(PROGRAMS / "quantize", path, *flags, "-q", "-o", self.model)
        except RuntimeError:  # fixed sizes take no --input-shape
            run(PROGRAMS / "quantize", path, *[f for f in flags if "=" not in f and f != "--input-shape"], "-q", "-o", self.model)

    def run(self, inputs):
        arguments = []
        for index, (name, values) in enumerate(inputs.items()):
            file = self.folder / f"{index}.npy"
            # Quantized files have bytes with a sign.
            np.save(file, (values ^ 128).view(np.int8) if values.dtype == np.uint8 and self.is_signed else values)
            arguments += ["--input", f"{name}={file}"]
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        for file in out.iterdir():
            file.unlink()
        run(PROGRAMS / "edge-run", "infer", self.model, *arguments, "--output-dir", out, "--quiet", *self.flags)
        return {file.stem: np.load(file) for file in out.iterdir()}

    is_signed, flags = False, []


def compared(path, entry, count, folder):
    """Of all outputs: the largest difference as a share of the output's range, and the share of equal elements."""
    peer = OnnxRuntime(path) if path.suffix == ".onnx" else LiteRT(path)
    ours = Ours(path, entry, folder)
    if path.suffix == ".tflite" and path.parent.name == "int8":
        kinds = {given["type"] for given in entry["inputs"]}
        ours.is_signed, ours.flags = kinds == {"uint8"}, ["--quantized"] if kinds <= {"uint8", "int8"} else []
    found = {}
    for seed in range(1, count + 1):
        inputs = {given["name"]: drawn(given, seed) for given in entry["inputs"]}
        wanted, given = peer.run(inputs), ours.run(inputs)
        for name, values in wanted.items():
            mine = given[name.replace("/", "_")]
            if values.dtype == np.uint8:
                values = (values ^ 128).view(np.int8)
            found.setdefault(name, []).append((values.astype(np.float64).ravel(), mine.astype(np.float64).ravel()))
    shares, equal = [], []
    for pairs in found.values():
        wanted, mine = (np.concatenate(part) for part in zip(*pairs))
        span = wanted.max() - wanted.min()
        shares.append(float(np.abs(wanted - mine).max() / span) if span else float(np.abs(wanted - mine).max()))
        equal.append(float((wanted == mine).mean()))
    return max(shares), min(equal)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    entries = json.loads((options.models / "golden/golden.json").read_text())["models"]
    passed = failed = 0
    for entry in entries:
        if options.only not in entry["model"]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                share, equal = compared(options.models / entry["model"], entry, options.count, pathlib.Path(folder))
            except (RuntimeError, KeyError, ValueError) as error:
                print(f"{entry['model']}: {type(error).__name__}: {error}")
                failed += 1
                continue
        is_float = entry["model"].startswith("float/")
        good = share <= TOLERANCE or (not is_float and equal >= 0.99)
        print(f"{entry['model']}: {share:.1e} of the range, {100 * equal:.2f} % equal{'' if good else ': too far'}", flush=True)
        passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
