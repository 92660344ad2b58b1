#!/usr/bin/env python3
"""Whole models against ONNX Runtime and LiteRT: what `quantize` and `edge-run infer` make of them.

    whole_models.py MODELS [--count N] [--only TEXT] [--as-given]

MODELS holds float/, int8/ and golden/golden.json, as ../shared/data/models does. N (20) inputs are from the data sets beside
that folder where a model was made for one of them, else drawn by golden.json's rule with the seeds 1 … N. What must hold:

- of float models, compiled with `--precision fp32`: outputs within 1e-4 of the output's range;
- of those among them with int8 weights: the same, against LiteRT with these weights as the floats that they stand for; with
  int8 weights it rounds what they are multiplied with to 8 bits, which no operator of the file asks for (--as-given shows
  how far that is off);
- of ONNX models that are quantized already: within 2e-2, two steps of the last quantized value; of operators on integers
  (QLinearConv, QLinearAdd …) the same values;
- of such TFLite models: every byte; of those with unsigned weights 99.9 % (LiteRT adds unsigned bytes with multipliers of
  21 bits).

Exit status: 0 all hold, 1 not. Needs numpy, onnxruntime and ai-edge-litert.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from real_inputs import real_inputs  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / ".build/release"
HYBRID = {"float/kws_float.tflite"}  # int8 weights in a float model


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
        # Without it, products of unsigned and signed bytes saturate on processors without VNNI.
        options.add_session_config_entry("session.x64quantprecision", "1")
        self.session = onnxruntime.InferenceSession(str(path), options)
        self.names = [output.name for output in self.session.get_outputs()]

    def run(self, inputs):
        return dict(zip(self.names, self.session.run(None, inputs)))


def with_float_weights(path):
    """A TFLite model whose constants are all floats: int8 weights become what they stand for."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(path.read_bytes(), 0))
    for tensor in model.subgraphs[0].tensors:
        if tensor.type != schema.TensorType.INT8:
            continue
        quantization = tensor.quantization
        sizes = [-1 if axis == quantization.quantizedDimension else 1 for axis in range(len(tensor.shape))]
        scales, zeros = (np.asarray(list(x)).reshape(sizes) for x in (quantization.scale, quantization.zeroPoint))
        stored = np.asarray(model.buffers[tensor.buffer].data, np.uint8).view(np.int8).reshape(tensor.shape)
        values = (stored.astype(np.float64) - zeros) * scales.astype(np.float32)
        model.buffers[tensor.buffer].data = np.frombuffer(values.astype("<f4").tobytes(), np.uint8)
        tensor.type, tensor.quantization = schema.TensorType.FLOAT32, None
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


class LiteRT:
    def __init__(self, model):
        """model: a path, or the file's bytes."""
        from ai_edge_litert import interpreter
        given = {"model_content": model} if isinstance(model, bytes) else {"model_path": str(model)}
        self.runtime = interpreter.Interpreter(num_threads=1, **given)
        self.runtime.allocate_tensors()

    def run(self, inputs):
        self.runtime.reset_all_variables()
        for detail in self.runtime.get_input_details():
            self.runtime.set_tensor(detail["index"], inputs[detail["name"]])
        self.runtime.invoke()
        return {d["name"]: self.runtime.get_tensor(d["index"]).copy() for d in self.runtime.get_output_details()}


def run(*command):
    """What a command that failed says, else nothing."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    return result.stderr.strip() if result.returncode else ""


class Ours:
    def __init__(self, path, entry, folder):
        self.folder, self.model = folder, folder / "model.edge"
        floats = ["--precision", "fp32"]
        for flags in [floats] if path.parent.name == "float" else [[], floats]:
            for shapes in self.open_sizes(entry), []:
                error = run(PROGRAMS / "quantize", path, *flags, *shapes, "-q", "-o", self.model)
                if not error:
                    return
        raise RuntimeError(error)

    @staticmethod
    def open_sizes(entry):
        """Of the inputs; a model whose sizes are all known takes none."""
        sizes = [given["name"] + "=" + "x".join(map(str, given["shape"])) for given in entry["inputs"]]
        return [word for size in sizes for word in ("--input-shape", size)]

    def run(self, inputs, flags):
        arguments = []
        for index, (name, values) in enumerate(inputs.items()):
            file = self.folder / f"{index}.npy"
            np.save(file, values)
            arguments += ["--input", f"{name}={file}"]
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        for file in out.iterdir():
            file.unlink()
        error = run(PROGRAMS / "edge-run", "infer", self.model, *arguments, "--output-dir", out, "--quiet", *flags)
        if error:
            raise RuntimeError(error)
        return {file.stem: np.load(file) for file in out.iterdir()}


def signed(values):
    """Bytes as quantized files have them: less 128."""
    return (values ^ 128).view(np.int8) if values.dtype == np.uint8 else values


def compared(path, entry, count, folder, as_given=False):
    """Of all outputs: the largest difference as a share of the output's range, and the share of equal elements."""
    if path.suffix == ".onnx":
        peer = OnnxRuntime(path)
    else:
        peer = LiteRT(with_float_weights(path) if entry["model"] in HYBRID and not as_given else path)
    ours = Ours(path, entry, folder)
    are_bytes = path.suffix == ".tflite" and all(given["type"].endswith("int8") for given in entry["inputs"])
    found = {}
    first = entry["inputs"][0]
    real = real_inputs(path.parent.parent.parent, entry["model"], first, count)
    for number in range(count):
        inputs = {given["name"]: drawn(given, number + 1) for given in entry["inputs"]}
        if real:
            inputs = {first["name"]: real[number]}
        wanted = peer.run(inputs)
        if are_bytes:
            given = ours.run({name: signed(values) for name, values in inputs.items()}, ["--quantized"])
        else:
            given = ours.run(inputs, [])
        for name, values in wanted.items():
            # An output that is a copy of another value has that one's name.
            mine = given.get(name.replace("/", "_"), next(iter(given.values())))
            values = signed(values) if are_bytes else values
            found.setdefault(name, []).append((values.astype(np.float64).ravel(), mine.astype(np.float64).ravel()))
    shares, equal = [], []
    for pairs in found.values():
        wanted, mine = (np.concatenate(part) for part in zip(*pairs))
        span = wanted.max() - wanted.min()
        shares.append(float(np.abs(wanted - mine).max() / (span or 1)))
        equal.append(float((wanted == mine).mean()))
    return max(shares), min(equal)


def holds(model, share, equal):
    if model.startswith("float/") or "weights_only" in model:
        return share <= 1e-4
    if model.endswith("_qop.onnx"):
        return share == 0
    return share <= 2e-2 if model.endswith(".onnx") else equal >= (0.999 if "_quant.tflite" in model else 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--only", default="")
    parser.add_argument("--as-given", action="store_true")
    options = parser.parse_args()
    entries = json.loads((options.models / "golden/golden.json").read_text())["models"]
    passed = failed = 0
    for entry in entries:
        if options.only not in entry["model"]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                share, equal = compared(
                    options.models / entry["model"], entry, options.count, pathlib.Path(folder), options.as_given)
            except (RuntimeError, KeyError, ValueError) as error:
                print(f"{entry['model']}: {type(error).__name__}: {error}")
                failed += 1
                continue
        good = holds(entry["model"], share, equal)
        print(f"{entry['model']}: {share:.1e} of the range, {100 * equal:.2f} % equal{'' if good else ': too far'}")
        passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
