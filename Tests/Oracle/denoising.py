"""From noise to pictures with a graph that predicts the noise, as docs/arithmetic.md says, section Denoising."""

import functools
from types import SimpleNamespace

import numpy as np

import arena
import noise
import rounding
import samplers
from container import require
from rounding import FLOAT

ALL, NONE = "all", "none"


def request(model, options):
    """What is asked for, with the model's own settings where nothing is said."""
    steps = model.steps
    require(steps is not None, "the model predicts no noise")
    labels = labels_of(model, options.label)
    count = options.count or (len(labels) if options.label == ALL else 1)
    return SimpleNamespace(
        seed=options.seed,
        labels=[labels[n % len(labels)] for n in range(count)],
        guidance=FLOAT(steps.guidance if options.guidance is None else options.guidance),
        steps=samplers.steps(steps.alphas, options.steps or steps.steps, options.sampler, options.eta),
    )


def labels_of(model, asked):
    """The numbers of the labels that take turns."""
    steps = model.steps
    if asked == ALL:
        return list(range(steps.labels)) or [steps.labels]
    if asked == NONE:
        return [steps.labels]
    (output,) = [o for o in model.outputs if o.tensor is steps.graph.outputs[0]]
    unnamed = range(len(output.labels), steps.labels)
    names = output.labels[: steps.labels] + [str(number) for number in unnamed]
    require(asked in names, f"label {asked}: not one of {', '.join(names)}")
    return [names.index(asked)]


def pictures(model, asked):
    return [picture(model.steps, asked, index) for index in range(len(asked.labels))]


def picture(steps, asked, index):
    """The bytes of one picture: height × width × channels."""
    shape = steps.graph.inputs[0].shape[1:]

    def drawn(draw):
        return noise.normal(steps.noise, asked.seed, index, draw, int(np.prod(shape))).reshape(shape)

    latent = drawn(0)
    for number, (time, *coefficients) in enumerate(asked.steps, start=1):
        predicted = guided(steps, latent, time, asked.labels[index], asked.guidance)
        latent = samplers.update(coefficients, latent, predicted, functools.partial(drawn, number))
    return np.clip(np.rint((latent + FLOAT(1)) * FLOAT(127.5)), 0, 255).astype(np.uint8)


def guided(steps, latent, time, label, guidance):
    """ε of a label, moved away from the ε of none. Both come of a graph of their own where the model has one."""
    if guidance == 1 or label == steps.labels:
        return predict(steps.graph, latent, time, [label])[0]
    labels = [label, steps.labels]
    if steps.guided:
        labelled, none = predict(steps.guided, latent, time, labels)
    else:
        labelled, none = (predict(steps.graph, latent, time, [wanted])[0] for wanted in labels)
    return none + guidance * (labelled - none)


def predict(graph, latent, time, labels):
    """ε for each of the labels."""
    x, times, wanted = graph.inputs
    values = np.broadcast_to(rounding.quantize(latent, x), x.shape)
    numbers = [np.full(times.shape, time, times.type), np.array(labels, wanted.type)]
    (output,) = arena.Arena(graph).run([values, *numbers])
    return rounding.dequantize(output, graph.outputs[0])
