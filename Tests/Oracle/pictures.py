"""Pictures become inputs as docs/imaging.md says, PGM, PPM and raw frames; checks what a program made of them."""

import json
import pathlib
import re

import numpy as np

import arena
import arithmetic
from container import digest, require

GREY, RGB, BGR = 1, 2, 3
AUTOMATIC, WHOLE, SHARE = 0, 1, 2
AUTOMATIC_SHARE = 875_000  # millionths
# A comment may stand wherever the header has white space; one byte of white space ends it.
PNM = re.compile(rb"(P[56])" + rb"(?:\s|#[^\n]*\n)+(\d+)" * 3 + rb"\s")
RAW = re.compile(r"-(YUYV|GREY)-(\d+)x(\d+)(?:-(\d+))?\.raw$")


def check(model, pictures):
    """Runs every picture, and compares its digests and its answer; the number of pictures."""
    require(pictures.model == model.checksum, "the set was computed with another model")
    graph, labelled, right = model.graphs[0], 0, 0
    require(len(graph.inputs) == len(model.inputs) == 1, "the model's input is not one picture")
    for picture in pictures.pictures:
        values = input_of(model.inputs[0], picture.name, picture.data)
        require(digest(values.tobytes()) == picture.input, f"{picture.name}: its input differs")
        outputs = arena.Arena(graph).run([values])
        stored = digest(b"".join(output.tobytes() for output in outputs))
        require(stored == picture.outputs, f"{picture.name}: the outputs differ")
        require(outputs[0].argmax() == picture.answer, f"{picture.name}: the answer is {outputs[0].argmax()}")
        labelled += picture.label >= 0
        right += picture.label == picture.answer
    require((right, labelled) == (pictures.right, pictures.labelled), f"{right} of {labelled} answers are right")
    return len(pictures.pictures)


def check_classified(model, lines):
    """Compares what `edge-run classify --json` printed about pictures, a line each; the number of pictures."""
    require(lines, "no pictures")
    for line in lines:
        printed = json.loads(line)
        path = pathlib.Path(printed["file"])
        values = input_of(model.inputs[0], path.name, path.read_bytes())
        output = arena.Arena(model.graphs[0]).run([values])[0]
        digests = [f"{digest(array.tobytes()):016x}" for array in (values, output)]
        require([printed["input_digest"], printed["output_digest"]] == digests, f"{path}: a digest differs")
        order = np.argsort(-output.ravel().astype(int), kind="stable")
        scores = arithmetic.scores(output, model.outputs[0]).astype(float)
        for index, entry in zip(order, printed["top"], strict=False):
            require(index == entry["index"], f"{path}: {entry['index']} comes instead of {index}")
            # Printed with six decimals.
            require(abs(entry["score"] - scores[index]) < 6e-7, f"{path}: the score of {index} is {scores[index]}")
    return len(lines)


def input_of(record, name, data):
    """The logical bytes of a model's input for an encoded picture; record: of section input."""
    _, height, width, channels = record.tensor.shape
    pixels = crop(record, decode(name, data, channels), max(height, width))
    pixels = resize(resize(pixels, 1, width), 0, height)
    if record.colour == BGR:
        pixels = pixels[:, :, ::-1]
    return np.stack([record.table[c][pixels[:, :, c]] for c in range(channels)], axis=-1)[np.newaxis]


def decode(name, data, channels):
    """Height × width × channels, grey (1) or RGB (3)."""
    raw, pnm = RAW.search(name), PNM.match(data)
    require(raw or pnm, f"{name}: not a picture in a format of the oracle")
    if raw:
        pixels = decode_raw(raw, np.frombuffer(data, np.uint8), channels)
    else:
        kind, width, height, maximum = pnm.groups()
        require(int(maximum) == 255, f"{name}: a maximum of {int(maximum)}")
        shape = int(height), int(width), 1 if kind == b"P5" else 3
        pixels = np.frombuffer(data, np.uint8, int(np.prod(shape)), pnm.end()).reshape(shape).astype(np.int64)
    if pixels.shape[2] == 3 and channels == 1:
        pixels = (pixels @ [[19595], [38470], [7471]] + 32768) >> 16
    return np.repeat(pixels, channels // pixels.shape[2], axis=2)


def decode_raw(match, data, channels):
    size = 1 if match[1] == "GREY" else 2
    width, height = int(match[2]), int(match[3])
    stride = int(match[4] or width * size)
    # The last row ends with its pixels.
    rows = [data[y * stride : y * stride + width * size] for y in range(height)]
    pixels = np.stack(rows).astype(np.int64)
    if size == 1:
        return pixels[:, :, np.newaxis]
    c = 298 * (pixels[:, ::2] - 16) + 128
    u, v = (np.repeat(pixels[:, first::4] - 128, 2, axis=1) for first in (1, 3))
    planes = [c] if channels == 1 else [c + 409 * v, c - 100 * u - 208 * v, c + 516 * u]
    return np.clip(np.stack(planes, axis=2) >> 8, 0, 255)


def crop(record, pixels, longest):
    height, width, _ = pixels.shape
    short = min(height, width)
    share = record.share if record.crop == SHARE else AUTOMATIC_SHARE
    if record.crop == WHOLE or (record.crop == AUTOMATIC and short <= longest):
        return pixels
    side = max(1, (short * share + 500_000) // 1_000_000)
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def resize(pixels, axis, size):
    weights = np.array(resize_weights(pixels.shape[axis], size))
    return np.moveaxis((np.tensordot(weights, pixels, (1, axis)) + (1 << 13)) >> 14, 0, axis)


def resize_weights(source, size):
    """A row of 2¹⁴ths for each sample of the output."""
    rows = []
    for i in range(size):
        center = (2 * i + 1) * source - size
        reach = [max(0, 2 * max(source, size) - abs(2 * size * k - center)) for k in range(source)]
        row = [(r << 14) // sum(reach) for r in reach]
        row[row.index(max(row))] += (1 << 14) - sum(row)
        rows.append(row)
    return rows
