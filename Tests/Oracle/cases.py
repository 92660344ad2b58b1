"""Cases for a program that runs models: inputs and the outputs that it must give, as NumPy files in folders.

DIR/names lists the inputs, a line each. DIR/bytes-N/input/I.npy is what the I-th of them holds, to be run with
--quantized; DIR/reals-N/input/I.npy is float32. DIR/…/output/NAME.npy is what must come out; in a file's name, a slash
of the tensor's becomes an underscore. The axes are in the order of the model that the file came from.
"""

import pathlib

import numpy as np

import arena
import rounding

SEED = 1
ENDS = {1: (-128, 127), 2: (-32767, 32767)}  # by size


def write(model, directory, count):
    """`count` drawn inputs, the extremes, and reals; the number of cases."""
    graph = model.graphs[0]
    quantized = [arena.drawn_inputs(graph, SEED + n) for n in range(count)] + extremes(graph)
    for n, inputs in enumerate(quantized):
        store(directory, f"bytes-{n:03}", graph, inputs, arena.Arena(graph).run(inputs))
    counts = any(tensor.type.itemsize == 4 for tensor in graph.inputs)  # which no page gives as reals
    reals = [] if counts else [[real_values(tensor, SEED + n) for tensor in graph.inputs] for n in range(5)]
    for n, inputs in enumerate(reals):
        pairs = zip(inputs, graph.inputs, strict=True)
        results = arena.Arena(graph).run([rounding.quantize(x, tensor) for x, tensor in pairs])
        pairs = zip(results, graph.outputs, strict=True)
        store(directory, f"reals-{n:03}", graph, inputs, [rounding.dequantize(q, tensor) for q, tensor in pairs])
    pathlib.Path(directory, "names").write_text("".join(f"{tensor.name}\n" for tensor in graph.inputs))
    return len(quantized) + len(reals)


def extremes(graph):
    """Inputs of the lowest values, the highest, zero points, and the lowest and highest by turns."""
    # What is named or counted goes beyond its bounds, to which it is cut.
    ends = [ENDS.get(tensor.type.itemsize, (tensor.low - 1, tensor.high + 1)) for tensor in graph.inputs]
    zeros = [[tensor.zero] for tensor in graph.inputs]
    patterns = [e[:1] for e in ends], [e[1:] for e in ends], zeros, ends, [e[::-1] for e in ends]
    return [[cycle(*pair) for pair in zip(graph.inputs, pattern, strict=True)] for pattern in patterns]


def cycle(tensor, values):
    return np.resize(np.array(values, tensor.type), tensor.shape)


def real_values(tensor, seed):
    """Reals a little beyond what a tensor can hold; among them halves of a step, infinities and NaN."""
    random = np.random.default_rng(seed)
    largest = 140 if tensor.type.itemsize == 1 else 33000
    steps = random.uniform(-largest, largest, tensor.count).astype(np.float32)
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
    for index, (tensor, array) in enumerate(zip(graph.inputs, inputs, strict=True)):
        np.save(case / "input" / f"{index}.npy", in_source_order(tensor, array))
    for tensor, array in zip(graph.outputs, outputs, strict=True):
        np.save(case / "output" / file_name(tensor), in_source_order(tensor, array))


def in_source_order(tensor, array):
    return np.ascontiguousarray(array.transpose(tensor.axes))


def in_stored_order(tensor, array):
    return np.ascontiguousarray(array.transpose(np.argsort(tensor.axes)))


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
