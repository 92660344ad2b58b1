"""What a model file holds besides its graph: places in the arena, golden vectors, packed weights."""

import struct

import arena
import checks
import shapes
from container import Kind, digest
from writer import record_section, tail_offset

VECTORS = 2


def plan(builder, inputs, outputs, alignment):
    """Gives every activation the lowest place that is free while it lives; the size of the arena."""
    lives = {}  # by tensor that owns its memory: [first, last] operation that needs it
    for time, row in enumerate(builder.operations):
        for index in (*row["input"], *row["output"]):
            owner = builder.tensors[index]
            owner = owner.get("shares", owner)
            if owner["home"] == 1:
                lives.setdefault(id(owner), [owner, time, time])[2] = time
    for tensor in inputs:
        lives[id(tensor)][1] = -1
    for tensor in outputs:
        lives[id(tensor)][2] = len(builder.operations)
    placed = []
    for owner, first, last in lives.values():
        top, left, bottom, right = owner["border"]
        _, height, width, channels = owner["shape"] if len(owner["shape"]) == 4 else (1, 1, 1, owner["shape"][-1])
        owner["bytes"], owner["offset"] = (top + height + bottom) * (left + width + right) * channels, 0
        rivals = sorted((o["offset"], o["offset"] + o["bytes"]) for o, f, e in placed if f <= last and first <= e)
        for start, end in rivals:
            if start < owner["offset"] + owner["bytes"]:
                owner["offset"] = max(owner["offset"], -(-end // alignment) * alignment)
        placed.append((owner, first, last))
    for tensor in builder.tensors:
        if "shares" in tensor:
            tensor |= {key: tensor["shares"][key] for key in ("offset", "bytes")}
    need = max(owner["offset"] + owner["bytes"] for owner, *_ in placed)
    return -(-need // 64) * 64


def golden(model, seed):
    """Golden vectors, the first stored and the others drawn."""
    graph = model.graphs[0]
    rows, tail = [], b""
    for vector in range(VECTORS):
        inputs = arena.drawn_inputs(graph, seed + vector)
        values = b"".join(x.tobytes() for x in inputs)
        row = {"kind": int(vector == 0), "seed": 0 if vector == 0 else seed + vector}
        base = tail_offset(Kind.GOLDEN, VECTORS)
        if vector == 0:
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


def packed(model, layout):
    weighted = [(i, o) for i, o in enumerate(model.operations) if o.kind in shapes.WEIGHTED]
    base, rows, tail = -(-tail_offset(Kind.PACKED, len(weighted)) // 64) * 64, [], b""
    for index, operation in weighted:
        data = checks.pack(operation, checks.GRANULE[layout]).tobytes()
        rows.append({"operation": index, "layout": layout, "offset": base + len(tail), "size": len(data)})
        tail += data + bytes(-len(data) % 64)
    return record_section(Kind.PACKED, rows, bytes(base - tail_offset(Kind.PACKED, len(weighted))) + tail)
