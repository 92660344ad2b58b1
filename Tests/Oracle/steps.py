"""Section steps of docs/edge-format.md: how a graph that predicts noise is used."""

import statistics

import numpy as np

from container import Kind, cut, records, require

WHAT = "section steps"
NO_GRAPH = (1 << 32) - 1
NOISE, PICTURE = 1, 3  # what is predicted; what the output means
ENTRIES = 31 * 64 + 1


def read(model):
    """The record with its arrays, checked; None if the file has no such section."""
    if Kind.STEPS not in model.sections:
        return None
    section = model.sections[Kind.STEPS]
    found = records(Kind.STEPS, section)[0]
    require(len(found) == 1, f"{WHAT}: {len(found)} records")
    record = found[0]
    require(record.predicted == NOISE, f"{WHAT}: it predicts {record.predicted}")
    require(1 <= record.schedule <= 1000, f"{WHAT}: a schedule of {record.schedule} steps")
    require(1 <= record.steps <= record.schedule, f"{WHAT}: {record.steps} steps of {record.schedule}")
    require(0 <= record.guidance <= 100, f"{WHAT}: guidance {record.guidance}")
    require(record.alphas % 8 == 0 and record.noise % 4 == 0, f"{WHAT}: offsets {record.alphas}, {record.noise}")
    record.alphas = np.frombuffer(cut(section, record.alphas, 8 * record.schedule, WHAT), "<f8")
    falls = np.all(record.alphas[1:] <= record.alphas[:-1])
    require(falls and np.all((record.alphas > 0) & (record.alphas <= 1)), f"{WHAT}: ᾱ is not from 1 down to above 0")
    record.noise = np.frombuffer(cut(section, record.noise, 4 * ENTRIES, WHAT), "<i4")
    record.graph = predictor(model, record, record.graph, 1)
    record.guided = None if record.guided == NO_GRAPH else predictor(model, record, record.guided, 2)
    if record.guided:
        shapes = [graph.inputs[0].shape[1:] for graph in (record.graph, record.guided)]
        require(shapes[0] == shapes[1], f"{WHAT}: graphs of {shapes}")
    return record


def predictor(model, record, index, count):
    """The graph that predicts for `count` pictures."""
    require(index < len(model.graphs), f"{WHAT}: graph {index}")
    graph = model.graphs[index]
    require((len(graph.inputs), len(graph.outputs)) == (3, 1), f"{graph.name}: inputs and outputs")
    x, time, label = graph.inputs
    fits = x.picture and x.shape[0] == count and x.shape[3] in (1, 3) and graph.outputs[0].shape == x.shape
    require(fits, f"{graph.name}: {x.shape} to {graph.outputs[0].shape}")
    for tensor, largest in (time, record.schedule - 1), (label, record.labels):
        require(tensor.element == 6 and tensor.shape == (count,), f"{tensor.name}: not i32 of {count}")
        require(tensor.high >= largest, f"{tensor.name}: at most {tensor.high}")
    if count == 1:
        meanings = [output.meaning for output in model.outputs if output.tensor is graph.outputs[0]]
        require(meanings == [PICTURE], f"{graph.name}: its output is no picture")
    return graph


def check_noise(model):
    if model.steps:
        require(np.array_equal(model.steps.noise, quantiles()), f"{WHAT}: T is not half_even(2²⁴·Φ⁻¹(1 − p))")


def quantiles():
    """The noise table; Φ⁻¹(1 − p) = −Φ⁻¹(p), which is p as near to 0 as it gets."""
    tails = [2.0 ** (i // 64) * (1 + i % 64 / 64) / 2**32 for i in range(ENTRIES)]
    inverse = statistics.NormalDist().inv_cdf
    return np.rint([-(2**24) * inverse(tail) for tail in tails]).astype("<i4")
