#!/usr/bin/env python3
"""ONNX Runtime's logits of a trained network against ours, on real pictures.

    logits.py NETWORK.onnx MNIST COUNT OURS.npy

OURS.npy is what `quantize evaluate NETWORK.onnx --data MNIST --count COUNT --outputs OURS.npy` wrote. The pictures are read
and resized here by the oracle's own code, normalised as the file's metadata says, and run in ONNX Runtime.
"""

import gzip
import pathlib
import sys

import numpy
import onnxruntime

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Oracle"))
import pictures  # noqa: E402

TOLERANCE = 1e-4


def digits(folder, count):
    """The first pictures of the test half, as bytes."""
    with gzip.open(pathlib.Path(folder) / "t10k-images-idx3-ubyte.gz") as file:
        header = numpy.frombuffer(file.read(16), ">u4")
        size = int(header[2] * header[3])
        data = numpy.frombuffer(file.read(count * size), "u1")
    return data.reshape(-1, header[2], header[3], 1)


def main(network, folder, count, ours):
    session = onnxruntime.InferenceSession(network)
    metadata = session.get_modelmeta().custom_metadata_map
    mean, deviation = (numpy.float32(metadata["swiftlet.input." + key]) for key in ("mean", "std"))
    height, width = session.get_inputs()[0].shape[2:]
    worst = 0.0
    for picture, logits in zip(digits(folder, count), numpy.load(ours), strict=True):
        resized = pictures.resize(pictures.resize(picture, 1, width), 0, height)
        values = (resized.astype("float32") / numpy.float32(255) - mean) / deviation
        theirs = session.run(None, {session.get_inputs()[0].name: values.transpose(2, 0, 1)[None]})[0][0]
        worst = max(worst, float(abs(theirs - logits).max()))
    print(f"largest difference of {count} pictures' logits: {worst:.2e}")
    print(f"{int(worst <= TOLERANCE)} passed, {int(worst > TOLERANCE)} failed")
    return worst > TOLERANCE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
