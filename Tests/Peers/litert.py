#!/usr/bin/env python3
"""TensorFlow Lite files against LiteRT (XNNPACK).

    litert.py DIR [MODEL.tflite]... -- swift test -c release --filter TFLitePeerTests

writes models of every supported operator, and copies of the models named, with random inputs and LiteRT's outputs, to DIR;
then runs the command behind `--` with SWIFTLET_TFLITE_PEERS=DIR, which compares them. Needs numpy, flatbuffers and
ai-edge-litert. Each file NAME.tflite has NAME.input0 … and NAME.output0 …: the elements of all samples, one after the other,
little-endian, without a header, bytes with a sign. With LITERT_SAMPLES=N each model gets N samples instead of 20.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import numpy
from ai_edge_litert import interpreter as litert

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from tflite_cases import CASES  # noqa: E402
from tflite_detection import DETECTION_CASES  # noqa: E402
from tflite_model import random  # noqa: E402
from tflite_recurrent import recurrent  # noqa: E402

SAMPLES = int(os.environ.get("LITERT_SAMPLES", "20"))


def write(path, content, clean=lambda outputs: None):
    """A model with its inputs and LiteRT's outputs; whether LiteRT takes it. `clean` gets each run's outputs first."""
    path.write_bytes(content)
    try:
        runtime = litert.Interpreter(model_path=str(path), num_threads=1)
        runtime.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        print(f"LiteRT does not take {path.name}: {str(error).splitlines()[0]}", file=sys.stderr)
        path.unlink()
        return False
    # States go on from sample to sample.
    runtime.reset_all_variables()
    given, results = [[] for _ in runtime.get_input_details()], [[] for _ in runtime.get_output_details()]
    for _ in range(SAMPLES):
        for place, detail in zip(given, runtime.get_input_details()):
            x = draw(detail["dtype"], detail["shape"])
            place.append(x)
            runtime.set_tensor(detail["index"], x)
        runtime.invoke()
        outputs = [runtime.get_tensor(detail["index"]).copy() for detail in runtime.get_output_details()]
        clean(outputs)
        for place, output in zip(results, outputs):
            place.append(output)
    for name, arrays in [("input", given), ("output", results)]:
        for index, samples in enumerate(arrays):
            samples = numpy.stack(samples)
            # Graphs have bytes with a sign: less 128.
            if samples.dtype == numpy.uint8:
                samples = samples ^ 128
            samples.tofile(path.with_suffix(f".{name}{index}"))
    return True


def draw(kind, shape):
    if kind == numpy.bool_:
        return random.integers(0, 2, shape).astype(bool)
    if numpy.issubdtype(kind, numpy.integer):
        limits = numpy.iinfo(kind)
        return random.integers(limits.min, limits.max, shape, kind, endpoint=True)
    return random.uniform(-1, 1, shape).astype(kind)


def main():
    if len(sys.argv) < 4 or "--" not in sys.argv:
        sys.exit(__doc__)
    separator = sys.argv.index("--")
    folder = pathlib.Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    count = 0
    for cases in [*CASES, recurrent, *DETECTION_CASES]:
        for name, content, *clean in cases():
            count += write(folder / f"{name}.tflite", content, *clean)
    for model in map(pathlib.Path, sys.argv[2:separator]):
        count += write(folder / model.name, model.read_bytes())
    environment = {**os.environ, "SWIFTLET_TFLITE_PEERS": str(folder.resolve())}
    subprocess.run(sys.argv[separator + 1:], env=environment, check=True)
    print(f"LiteRT: {count} models with {SAMPLES} inputs each")


main()
