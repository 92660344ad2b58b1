"""Writes .edge files as docs/edge-format.md says: a program that reads them has been told enough by that page."""

import struct

import numpy as np

from arithmetic import exponentials
from container import MODEL, RECORDS, Kind, digest


def record_section(kind, rows, tail=b""):
    """rows: what the fields of each record hold, by name; what is not named is 0."""
    _, layout, names = RECORDS[kind]
    body = b""
    for row in rows:
        values = []
        for entry in names.split():
            name, _, length = entry.partition(":")
            value = row.get(name, () if length else 0)
            values += [*value, *[0] * (int(length) - len(value))] if length else [value]
        body += struct.pack(layout, *values)
    return struct.pack("<2IQ", struct.calcsize(layout), len(rows), 0) + body + tail


def tail_offset(kind, rows):
    """Where the bytes after so many records begin."""
    return 16 + struct.calcsize(RECORDS[kind][1]) * rows


def write_container(path, what, sections, minor=0):
    """sections: (kind, variant, bytes), in their order in the file; minor: of the format's version."""
    table, body = b"", bytearray(64 + 32 * len(sections))
    for kind, variant, data in sections:
        body += bytes(-len(body) % (16384 if kind == Kind.PACKED else 64))
        table += struct.pack(
            "<2HI3Q", kind, variant, kind not in (Kind.GOLDEN, Kind.PACKED), len(body), len(data), digest(data)
        )
        body += data
    header = struct.pack("<4s2HQI2HQ32x", b"EDGE", 1, minor, len(body), len(sections), what, 1, 0)
    checksum = struct.pack("<Q", digest(header + table))
    body[: 64 + len(table)] = header[:24] + checksum + header[32:] + table
    with open(path, "wb") as file:
        file.write(body)


# The element of an array's type: i8, i16, i32, f32.
ELEMENTS = {"int8": 2, "int16": 4, "int32": 6, "float32": 12}


class Builder:
    """Collects a model with one graph. Tensors and operations are dictionaries until they are written."""

    def __init__(self):
        self.tensors, self.operations, self.scales, self.pictures = [], [], [], []
        self.texts = self.tables = self.weights = b""

    def text(self, text):
        place = len(self.texts), len(text.encode())
        self.texts += text.encode()
        return place

    def table(self, array, alignment=1):
        self.tables += bytes(-len(self.tables) % alignment)
        offset = len(self.tables)
        self.tables += array.tobytes()
        return offset

    def scale(self, values):
        first = len(self.scales)
        self.scales += values
        return {"scale": first, "scales": len(values)}

    def tensor(self, name, shape, **fields):
        row = {"element": 2, "home": 1, "name": self.text(name), "rank": len(shape), "shape": shape, **fields}
        row["sizes"] = [*shape, *[1] * (6 - len(shape))]
        row["border"] = [0] * 4
        self.tensors.append(row)
        return row

    def activation(self, name, shape, scale, zero, bounds=(-128, 127), element=2):
        fields = {"element": element, "zero": zero, "low": bounds[0], "high": bounds[1]}
        return self.tensor(name, shape, **self.scale([scale]), **fields)

    def numbers(self, name, count, high):
        """An i32 of `count`, which names or counts something, up to `high`."""
        return self.tensor(name, (count,), element=6, high=high)

    def constant(self, name, array, scales=()):
        self.weights += bytes(-len(self.weights) % 4)
        place = {"offset": len(self.weights), "bytes": array.nbytes}
        self.weights += array.tobytes()
        element = ELEMENTS[array.dtype.name]
        return self.tensor(name, array.shape, **place, **self.scale(list(scales)), element=element, home=2, role=3)

    def operation(self, kind, inputs, output, parameters=()):
        row = {"kind": kind, "name": self.text(f"operation {len(self.operations)}"), "parameters": parameters}
        row |= {"inputs": len(inputs), "input": self.indices(inputs), "outputs": 1, "output": self.indices([output])}
        self.operations.append(row)
        return output

    def indices(self, rows):
        return [next(i for i, tensor in enumerate(self.tensors) if tensor is row) for row in rows]

    def take_pictures(self, tensor, random):
        """Makes pictures the input `tensor`, cropped and coloured by chance."""
        channels = tensor["shape"][3]
        row = {"tensor": self.indices([tensor])[0], "crop": int(random.integers(3))}
        row |= {"colour": 1 if channels == 1 else int(random.integers(2, 4))}
        row |= {"share": int(random.integers(1, 1_000_001)) if row["crop"] == 2 else 0}
        row |= {"table": self.table(random.integers(-128, 128, 256 * channels).astype(np.int8))}
        self.pictures.append(row)

    def use(self, tensor, labels):
        """What an output means: values, logits or probabilities, by turns; of 16 bits, values."""
        index = self.indices([tensor])[0]
        scale = np.float32(self.scales[tensor["scale"]])
        meaning = index % 3 if tensor["element"] == 2 else 0
        return {"tensor": index, "meaning": meaning, "offset": labels, "table": self.table(exponentials(scale), 4)}

    def sections(self, inputs, outputs, arena):
        """The sections of the model, those that are computed from others left out."""
        graph_tail = tail_offset(Kind.GRAPHS, 1)
        lists = [self.indices(inputs), self.indices(outputs)]
        graph = {"name": self.text("main"), "count": len(self.operations), "arena": arena}
        graph |= {"inputs": (graph_tail, len(inputs)), "outputs": (graph_tail + 4 * len(inputs), len(outputs))}
        numbers = struct.pack(f"<{sum(map(len, lists))}I", *lists[0], *lists[1])
        uses = [self.use(tensor, tail_offset(Kind.OUTPUT, len(outputs))) for tensor in outputs]
        meta = {"key": 1, "text": self.text("random")}
        return [
            (Kind.META, 0, record_section(Kind.META, [meta], self.texts)),
            (Kind.TENSORS, 0, record_section(Kind.TENSORS, self.tensors)),
            (Kind.OPERATIONS, 0, record_section(Kind.OPERATIONS, self.operations)),
            (Kind.GRAPHS, 0, record_section(Kind.GRAPHS, [graph], numbers)),
            (Kind.WEIGHTS, 0, self.weights),
            (Kind.SCALES, 0, struct.pack(f"<{len(self.scales)}f", *self.scales)),
            (Kind.TABLES, 0, self.tables),
            (Kind.INPUT, 0, record_section(Kind.INPUT, self.pictures)),
            (Kind.OUTPUT, 0, record_section(Kind.OUTPUT, uses)),
        ]


def write_model(path, sections, minor):
    write_container(path, MODEL, sections, minor)
