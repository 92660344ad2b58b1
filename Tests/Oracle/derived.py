"""What a model file holds besides its graph: places in the arena, golden vectors, packed weights."""

import math
import struct

import numpy as np

import arena
import checks
import shapes
from container import Kind, digest
from writer import record_section, tail_offset

VECTORS = 2
PAIRS = 2  # a layout
STORED = 65536  # bytes of an input that a vector may hold
SIZES = {2: 1, 4: 2, 6: 4, 12: 4}  # of an element in the arena


def plan(builder, inputs, outputs, alignment):
    """Gives every activation the lowest place that is free while it lives; the size of the arena.

    alignment: that of offsets, where a tensor's element does not ask for more.
    """
    lives = {}  # by tensor that owns its memory: [first, last] operation that needs it
    for time, row in enumerate(builder.operations):
        for index in (*row["input"], *row["output"]):
            owner = root(builder.tensors[index])
            if owner["home"] == 1:
                lives.setdefault(id(owner), [owner, time, time])[2] = time
    for tensor in inputs:
        lives[id(tensor)][1] = -1
    for tensor in outputs:
        lives[id(tensor)][2] = len(builder.operations)
    placed = []
    for owner, first, last in lives.values():
        owner["bytes"], owner["offset"] = size(owner), 0
        step = max(alignment, SIZES[owner["element"]])
        rivals = sorted((o["offset"], o["offset"] + o["bytes"]) for o, f, e in placed if f <= last and first <= e)
        for start, end in rivals:
            if start < owner["offset"] + owner["bytes"]:
                owner["offset"] = max(owner["offset"], -(-end // step) * step)
        placed.append((owner, first, last))
    for tensor in builder.tensors:
        if "shares" in tensor:
            tensor |= {key: tensor["shares"][key] for key in ("offset", "bytes")}
        if "inside" in tensor:
            put_inside(tensor)
    need = max(owner["offset"] + owner["bytes"] for owner, *_ in placed)
    return -(-need // 64) * 64


def root(tensor):
    """The tensor in whose memory one lies."""
    while "shares" in tensor or "inside" in tensor:
        tensor = tensor.get("shares") or tensor["inside"][0]
    return tensor


def put_inside(tensor):
    """The place of a part, whose border and distance of pixels are those of the tensor that it lies in."""
    whole, channel = tensor["inside"]
    if "inside" in whole:
        put_inside(whole)
    tensor |= {"border": whole["border"], "stride": whole.get("stride", whole["shape"][3])}
    unit = SIZES[tensor["element"]]
    tensor["offset"] = whole["offset"] + channel * unit
    tensor["bytes"] = whole["bytes"] - (whole["shape"][3] - tensor["shape"][3]) * unit


def size(tensor):
    """The bytes of an activation, border included."""
    top, left, bottom, right = tensor["border"]
    shape = tensor["shape"]
    count, height, width, channels = shape if len(shape) == 4 else (1, 1, 1, math.prod(shape))
    pixels = count * (top + height + bottom) * (left + width + right)
    return pixels * channels * SIZES[tensor["element"]]


def golden(model, seed):
    """Golden vectors, the first stored and the others drawn."""
    graph = model.graphs[0]
    rows, tail = [], b""
    for vector in range(VECTORS):
        inputs = arena.drawn_inputs(graph, seed + vector)
        stored = vector == 0 and sum(x.nbytes for x in inputs) <= STORED
        if stored:
            inputs = [within(tensor, x) for tensor, x in zip(graph.inputs, inputs, strict=True)]
        values = b"".join(x.tobytes() for x in inputs)
        row = {"kind": int(stored), "seed": 0 if stored else seed + vector}
        base = tail_offset(Kind.GOLDEN, VECTORS)
        if stored:
            row |= {"offset": base + len(tail), "size": len(values)}
            tail += values + bytes(-len(values) % 8)
        digests = []

        def observe(operation, x, digests=digests):
            digests += [digest(x.tobytes()), digest(checks.constant_bytes(operation))]

        results = arena.Arena(graph).run(inputs, observe)
        row["digests"] = base + len(tail)
        tail += struct.pack(f"<{len(digests)}Q", *digests)
        outputs = b"".join(result.tobytes() for result in results)
        row["outputs"] = base + len(tail), len(outputs)
        tail += outputs + bytes(-len(outputs) % 8)
        rows.append(row)
    return record_section(Kind.GOLDEN, rows, tail)


def within(tensor, values):
    """What may be stored: within the bounds, though those of 8 bits may be anything, as what is drawn may."""
    return values if values.itemsize == 1 else np.clip(values, tensor.low, tensor.high).astype(values.dtype)


def packed(model, layout):
    """layout: of what has an input of 8 bits."""
    weighted = [(i, o) for i, o in enumerate(model.operations) if o.kind in shapes.WEIGHTED]
    base, rows, tail = -(-tail_offset(Kind.PACKED, len(weighted)) // 64) * 64, [], b""
    for index, operation in weighted:
        chosen = PAIRS if operation.inputs[0].type.itemsize == 2 else layout
        data = checks.pack(operation, checks.GRANULE[chosen]).tobytes()
        rows.append({"operation": index, "layout": chosen, "offset": base + len(tail), "size": len(data)})
        tail += data + bytes(-len(data) % 64)
    return record_section(Kind.PACKED, rows, bytes(base - tail_offset(Kind.PACKED, len(weighted))) + tail)
