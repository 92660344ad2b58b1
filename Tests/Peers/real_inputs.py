"""Inputs that a model was made for, from the data sets beside the models: ../shared/data/README.md names set and range."""

import gzip
import io
import tarfile

import numpy as np
from PIL import Image

# By part of a model's name: its data set, and what a byte of a picture becomes where the input is float.
SETS = {
    "resnet8_cifar10": ("cifar10", lambda x: x),
    "cifar10_resnet": ("cifar10", lambda x: (x / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]),
    "mnist-8": ("mnist", lambda x: x),
    "conv_fc_mnist": ("mnist", lambda x: x / 255),
    "mnist_lstm": ("mnist", lambda x: x / 255),
    "keras_lstm_mnist": ("mnist", lambda x: x),
    "mobilenet": ("photos", lambda x: x / 127.5 - 1),
}


def real_inputs(data, model, entry, count):
    """`count` inputs of a model, spread over the test half of its data set; None where no set is named for it."""
    known = next((value for part, value in SETS.items() if part in model), None)
    if known is None:
        return None
    name, real = known
    shape, kind = entry["shape"], entry["type"]
    is_first = len(shape) == 4 and shape[1] in (1, 3)  # channels before rows and columns
    pictures = {"cifar10": cifar10, "mnist": mnist, "photos": photos}[name](data, count, shape[2])
    return [arranged(picture, is_first, kind, real).reshape(shape) for picture in pictures]


def arranged(picture, channels_first, kind, real):
    if kind == "uint8":
        values = picture
    elif kind == "int8":
        values = (picture ^ 128).view(np.int8)
    else:
        values = np.asarray(real(picture.astype(np.float64))).astype(np.float32)
    return np.ascontiguousarray(values.transpose(2, 0, 1) if channels_first else values)


def spread(total, count):
    return np.linspace(0, total - 1, count).astype(int)


def cifar10(data, count, _):
    mosaic = np.asarray(Image.open(data / "cifar10/test.jpg").convert("RGB"), np.uint8)
    columns = mosaic.shape[1] // 32
    for place in spread(9000, count):
        y, x = 32 * (place // columns), 32 * (place % columns)
        yield mosaic[y : y + 32, x : x + 32]


def mnist(data, count, _):
    with gzip.open(data / "mnist/t10k-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8)[16:].reshape(-1, 28, 28, 1)
    return [images[place] for place in spread(len(images), count)]


def photos(data, count, side):
    """The centred square of 0.875 of the short side, as large as the model takes it."""
    with tarfile.open(data / "photos/test.tar") as archive:
        members = sorted((member for member in archive if member.isfile()), key=lambda member: member.name)
        for place in spread(len(members), count):
            picture = Image.open(io.BytesIO(archive.extractfile(members[place]).read())).convert("RGB")
            square = int(0.875 * min(picture.size))
            left, top = (picture.size[0] - square) // 2, (picture.size[1] - square) // 2
            part = picture.crop((left, top, left + square, top + square))
            yield np.asarray(part.resize((side, side), Image.BILINEAR), np.uint8)
