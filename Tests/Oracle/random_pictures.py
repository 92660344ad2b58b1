"""Random picture sets for a model: grey and coloured pictures and raw frames of any proportions."""

import pathlib
import struct

import numpy as np

import arena
import pictures
from container import PICTURE_SET, Kind, digest
from writer import record_section, tail_offset, write_container

COUNT = 24


def write_set(path, model, random):
    texts, rows, tail, right = b"", [], b"", 0
    for _ in range(COUNT):
        name, data = pnm(random)
        values = pictures.input_of(model.inputs[0], name, data)
        outputs = arena.Arena(model.graphs[0]).run([values])
        row = {"name": (len(texts), len(name)), "size": len(data), "answer": int(outputs[0].argmax())}
        row |= {"offset": tail_offset(Kind.PICTURES, COUNT) + len(tail), "label": int(random.integers(-1, 3))}
        row |= {"input": digest(values.tobytes()), "outputs": digest(b"".join(o.tobytes() for o in outputs))}
        right += row["label"] == row["answer"]
        rows.append(row)
        texts, tail = texts + name.encode(), tail + data
    expected = struct.pack("<Q2I", model.checksum, right, sum(row["label"] >= 0 for row in rows))
    sections = [
        (Kind.META, 0, record_section(Kind.META, [], texts)),
        (Kind.EXPECTED, 0, expected),
        (Kind.PICTURES, 0, record_section(Kind.PICTURES, rows, tail)),
    ]
    write_container(path, PICTURE_SET, sections)


def write_files(directory, seed):
    """Pictures and raw frames as files."""
    random = np.random.default_rng(seed)
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    for index in range(COUNT):
        name, data = random.choice([pnm, frame])(random)
        (directory / f"{index:02}-{name}").write_bytes(data)


def pnm(random):
    kind = random.choice(["P5", "P6"])
    width, height = random.integers(1, 60, 2)
    space = random.choice([" ", "\n", "\n# a comment 7 9\n"])
    header = f"{kind}{space}{width} {height}{space}255\n".encode()
    return f"picture.{'pgm' if kind == 'P5' else 'ppm'}", header + content(
        random, width * height * (1 + 2 * (kind == "P6"))
    )


def frame(random):
    """A raw frame, with or without bytes between its rows."""
    kind, size = ("GREY", 1) if random.integers(2) else ("YUYV", 2)
    width, height = 2 * random.integers(1, 30), random.integers(1, 60)
    stride = width * size + int(random.choice([0, 6]))
    name = f"000017-{kind}-{width}x{height}" + (f"-{stride}" if stride > width * size else "")
    return f"{name}.raw", content(random, stride * height)


def content(random, size):
    """Noise, or bytes that saturate."""
    values = random.integers(0, 256, size) if random.integers(2) else random.choice([0, 16, 235, 255], size)
    return values.astype(np.uint8).tobytes()
