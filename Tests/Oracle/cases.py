"""Cases for a program that runs models: inputs and the outputs that it must give, as NumPy files in folders.

DIR/names lists the inputs, a line each. DIR/bytes-N/input/I.npy is int8 for the I-th of them, to be run with
--quantized; DIR/reals-N/input/I.npy is float32. DIR/…/output/NAME.npy is what must come out; in a file's name, a slash
of the tensor's becomes an underscore.
"""

import pathlib

import numpy as np

import arena
import arithmetic

SEED = 1


def write(model, directory, count):
    """`count` drawn inputs, the extremes, and reals; the number of cases."""
    graph = model.graphs[0]
    size = sum(tensor.count for tensor in graph.inputs)
    zeros = np.concatenate([np.full(tensor.count, tensor.zero, np.int8) for tensor in graph.inputs])
    alternating = np.resize(np.array([-128, 127], np.int8), size)
    extremes = [np.full(size, -128, np.int8), np.full(size, 127, np.int8), zeros, alternating, ~alternating]
    quantized = [arena.drawn(SEED + n, size) for n in range(count)] + extremes
    for n, values in enumerate(quantized):
        inputs = arena.split(graph, values)
        store(directory, f"bytes-{n:03}", graph, inputs, arena.Arena(graph).run(inputs))
    reals = [[real_values(tensor, SEED + n) for tensor in graph.inputs] for n in range(5)]
    for n, inputs in enumerate(reals):
        pairs = zip(inputs, graph.inputs, strict=True)
        results = arena.Arena(graph).run([arithmetic.quantize(x, tensor) for x, tensor in pairs])
        pairs = zip(results, graph.outputs, strict=True)
        store(directory, f"reals-{n:03}", graph, inputs, [arithmetic.dequantize(q, tensor) for q, tensor in pairs])
    pathlib.Path(directory, "names").write_text("".join(f"{tensor.name}\n" for tensor in graph.inputs))
    return len(quantized) + len(reals)


def real_values(tensor, seed):
    """Reals a little beyond what int8 can hold; among them halves of a step, infinities and NaN."""
    random = np.random.default_rng(seed)
    steps = random.uniform(-140, 140, tensor.count).astype(np.float32)
    steps[::2] = np.rint(steps[::2]) + np.float32(0.5)
    values = (steps - np.float32(tensor.zero)) * tensor.scales
    special = np.array([np.nan, np.inf, -np.inf, 1e-45, -0.0, 3e38], np.float32)
    places = random.choice(tensor.count, min(tensor.count // 2, len(special)), replace=False)
    values[places] = special[: len(places)]
    return values.reshape(tensor.shape)


def store(directory, name, graph, inputs, outputs):
    case = pathlib.Path(directory, name)
    (case / "input").mkdir(parents=True, exist_ok=True)
    (case / "output").mkdir(exist_ok=True)
    for index, array in enumerate(inputs):
        np.save(case / "input" / f"{index}.npy", array)
    for tensor, array in zip(graph.outputs, outputs, strict=True):
        np.save(case / "output" / file_name(tensor), array)


def file_name(tensor):
    return tensor.name.replace("/", "_") + ".npy"


def compare(expected, actual):
    """Compares DIR/CASE/output with ACTUAL/CASE: the cases that passed, and a sentence for each that failed."""
    passed, failures = 0, []
    for case in sorted(pathlib.Path(expected).glob("*-*")):
        difference = first_difference(case / "output", pathlib.Path(actual, case.name))
        if difference:
            failures.append(f"{actual}/{case.name}: {difference}")
        else:
            passed += 1
    return passed, failures


def first_difference(expected, actual):
    for file in sorted(expected.iterdir()):
        if not (actual / file.name).exists():
            return f"{file.name} is not there"
        want, got = np.load(file), np.load(actual / file.name)
        if (want.dtype, want.shape) != (got.dtype, got.shape):
            return f"{file.name}: {got.dtype} {got.shape}, not {want.dtype} {want.shape}"
        if want.tobytes() != got.tobytes():
            at = np.flatnonzero(want != got)[0]
            return f"{file.name}: element {at} is {got.flat[at]}, not {want.flat[at]}"
    return None
