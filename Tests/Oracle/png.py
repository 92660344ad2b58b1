"""Reads the PNG pictures that a program wrote: 8 bits, grey or RGB, not interlaced (ISO/IEC 15948).

By hand and not with a library, so that the oracle needs nothing but numpy.
"""

import struct
import zlib

import numpy as np

from container import require

CHANNELS = {0: 1, 2: 3}  # by colour type


def read(path):
    """Height × width × channels."""
    with open(path, "rb") as file:
        data = file.read()
    require(data[:8] == b"\x89PNG\r\n\x1a\n", f"{path}: no PNG picture")
    header, content = None, b""
    for kind, body in chunks(path, data):
        header = body if kind == b"IHDR" else header
        content += body if kind == b"IDAT" else b""
    require(header is not None and len(header) == 13, f"{path}: its header")
    width, height, depth, colour, *methods = struct.unpack(">2I5B", header)
    understood = depth == 8 and colour in CHANNELS and not any(methods)
    require(understood, f"{path}: depth {depth}, colour type {colour}, methods {methods}")
    rows = np.frombuffer(zlib.decompress(content), np.uint8)
    size = width * CHANNELS[colour]
    require(rows.size == height * (size + 1), f"{path}: {rows.size} bytes of pixels")
    return unfiltered(rows.reshape(height, size + 1), CHANNELS[colour]).reshape(height, width, -1)


def chunks(path, data):
    """Kind and content of every chunk, their checksums compared."""
    at, kind = 8, None
    while kind != b"IEND":
        require(at + 12 <= len(data), f"{path}: it ends early")
        size, kind = struct.unpack_from(">I4s", data, at)
        require(at + 12 + size <= len(data), f"{path}: it ends early")
        (checksum,) = struct.unpack_from(">I", data, at + 8 + size)
        require(zlib.crc32(data[at + 4 : at + 8 + size]) == checksum, f"{path}: a checksum differs")
        yield kind, data[at + 8 : at + 8 + size]
        at += 12 + size


def unfiltered(rows, step):
    """The rows without the filters that the first byte of each names; step: bytes of a pixel."""
    above, result = [0] * (rows.shape[1] - 1), []
    for kind, *filtered in rows.tolist():
        row = []
        for x, value in enumerate(filtered):
            left, corner = (row[x - step], above[x - step]) if x >= step else (0, 0)
            row.append((value + predicted(kind, left, above[x], corner)) & 255)
        result.append(row)
        above = row
    return np.array(result, np.uint8)


def predicted(kind, left, above, corner):
    require(kind <= 4, f"filter {kind} of a PNG picture")
    if kind < 4:
        return (0, left, above, (left + above) // 2)[kind]
    sides = left, above, corner  # of those as far from left + above − corner, the first
    return min(sides, key=lambda side: abs(left + above - corner - side))
