"""Recurrent layers of TensorFlow Lite, in floats and in bytes, for litert.py."""

import numpy
from tflite_cases import weights
from tflite_model import RELU, Model, random

TANH = 4
LSTMS = {
    "plain": {}, "steps-first": dict(time_major=True), "clipped": dict(cell_clip=0.2), "coupled": dict(coupled=True),
    "peepholes": dict(peepholes=True), "projection": dict(projection=3, projection_clip=0.1),
    "norm": dict(norm=True), "all": dict(coupled=True, peepholes=True, projection=4, norm=True, time_major=True),
    "relu": dict(activation=RELU), "both": dict(both=True), "both-merged": dict(both=True, merges=True, time_major=True),
}


def lstm_operands(model, width, units, projection, coupled, peepholes):
    """Weights, recurrent weights, peepholes, biases and projection; -1 for what is left out."""
    outputs = projection or units
    def gates(make, present):
        return [model.constant(make()) if here else -1 for here in present]
    present = [not coupled, True, True, True]
    operands = gates(lambda: weights(units, width) * 2, present) + gates(lambda: weights(units, outputs) * 2, present)
    operands += gates(lambda: weights(units), [peepholes and not coupled, peepholes, peepholes])
    operands += gates(lambda: weights(units), present)
    return operands + gates(lambda: weights(outputs, units), [projection]) + [-1], present


def lstm(batch=2, steps=5, width=4, units=6, time_major=False, cell_clip=0.0, projection=0, projection_clip=0.0,
         coupled=False, peepholes=False, norm=False, activation=TANH, both=False, merges=False):
    model = Model()
    lead = [steps, batch] if time_major else [batch, steps]
    x = model.input([*lead, width])
    fields = {"fusedActivationFunction": activation, "cellClip": cell_clip, "projClip": projection_clip, "timeMajor": time_major}
    outputs = projection or units
    def states():
        return [model.state([batch, outputs]), model.state([batch, units])]
    operands, present = lstm_operands(model, width, units, projection, coupled, peepholes)
    if not both:
        norms = [model.constant(random.uniform(0.5, 1.5, units)) if norm and here else -1 for here in present]
        y = model.tensor([*lead, outputs])
        model.node(
            "UNIDIRECTIONAL_SEQUENCE_LSTM", [x, *operands, *states(), *norms], [y], "UnidirectionalSequenceLSTM", **fields)
        return model.bytes(y)
    others, _ = lstm_operands(model, width, units, projection, coupled, peepholes)
    ends = [model.tensor([*lead, 2 * outputs])] if merges else [model.tensor([*lead, outputs]) for _ in range(2)]
    model.node(
        "BIDIRECTIONAL_SEQUENCE_LSTM", [x, *operands, *others, *states(), *states(), *[-1] * 9], ends,
        "BidirectionalSequenceLSTM", mergeOutputs=merges, **fields)
    return model.bytes(*ends)


def rnn(both, time_major, activation):
    model = Model()
    lead = [5, 2] if time_major else [2, 5]
    x = model.input([*lead, 4])
    def operands():
        return [model.constant(weights(6, 4)), model.constant(weights(6, 6)), model.constant(weights(6)), model.state([2, 6])]
    fields = {"timeMajor": time_major, "fusedActivationFunction": activation}
    if both:
        y = model.tensor([*lead, 12])
        model.node("BIDIRECTIONAL_SEQUENCE_RNN", [x, *operands(), *operands(), *[-1] * 3], [y], "BidirectionalSequenceRNN",
                   mergeOutputs=True, **fields)
    else:
        y = model.tensor([*lead, 6])
        model.node("UNIDIRECTIONAL_SEQUENCE_RNN", [x, *operands()], [y], "SequenceRNN", **fields)
    return model.bytes(y)


def integer_lstm(batch, steps, width, units, scale, spread, cell, clip, time_major, zero):
    """Bytes, with a cell state in 2^cell; `spread` are the largest scales of the weights."""
    model = Model()
    lead = [steps, batch] if time_major else [batch, steps]
    x = model.input([*lead, width], "int8", scale=scale, zero=-7)
    hidden = {"scale": 1 / 127.5, "zero": zero}
    scales = random.uniform(spread / 8, spread, (2, 4))
    operands = [model.constant(random.integers(-127, 128, (units, depth)), "int8", scale=scales[part][gate])
                for part, depth in enumerate([width, units]) for gate in range(4)]
    operands += [-1] * 3
    operands += [model.constant(random.integers(-3000, 3000, units), "int32", scale=numpy.float32(scale) * numpy.float32(own))
                 for own in scales[0]]
    states = [model.state([batch, units], "int8", **hidden), model.state([batch, units], "int16", scale=2.0**cell)]
    inner = [model.tensor([0]) for _ in range(4)] + [model.tensor([0], "int8", **hidden)]
    y = model.tensor([*lead, units], "int8", **hidden)
    model.node(
        "UNIDIRECTIONAL_SEQUENCE_LSTM", [x, *operands, -1, -1, *states, *[-1] * 4], [y], "UnidirectionalSequenceLSTM",
        intermediates=inner, fusedActivationFunction=TANH, cellClip=clip, timeMajor=time_major)
    return model.bytes(y)


def recurrent():
    for name, case in LSTMS.items():
        yield f"lstm-{name}", lstm(**case)
    for both in [False, True]:
        for time_major, activation in [(False, TANH), (True, RELU)]:
            yield f"rnn-{both:d}{time_major:d}", rnn(both, time_major, activation)
    for index, case in enumerate([
        (1, 9, 8, 6, 0.01, 0.01, -12, 10.0, False, 0), (2, 7, 5, 4, 0.05, 0.03, -11, 0.0, True, -1),
        (1, 12, 16, 8, 0.5, 0.008, -12, 1.5, False, 5), (3, 6, 7, 9, 0.02, 0.002, -13, 0.0, False, -20),
        (1, 8, 9, 5, 0.3, 0.04, -10, 0.0, True, 3), (1, 20, 3, 16, 0.004, 0.02, -9, 0.0, False, 0),
    ]):
        yield f"int8-lstm-{index}", integer_lstm(*case)
