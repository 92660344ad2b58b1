"""The container of .edge files, as docs/edge-format.md says: header, sections, records, texts."""

import enum
import struct
from types import SimpleNamespace

import xxhash

MODEL, PICTURE_SET = 1, 2


class Kind(enum.IntEnum):
    """The kinds of sections."""

    META, TENSORS, OPERATIONS, GRAPHS, WEIGHTS, SCALES, TABLES, PACKED, INPUT, OUTPUT, GOLDEN, STEPS = range(1, 13)
    PICTURES, EXPECTED = 32, 33


class EdgeError(Exception):
    """The file is not what the page says; the text says where."""


def require(condition, sentence):
    if not condition:
        raise EdgeError(sentence)


def digest(data):
    return xxhash.xxh3_64_intdigest(bytes(data))


def cut(data, offset, size, what):
    """data[offset:offset + size], which must be there: Python's own slices would silently be shorter."""
    require(offset + size <= len(data), f"{what}: {size} bytes at {offset} lie outside of {len(data)}")
    return data[offset : offset + size]


# Records, as in the tables of the page: how many there may be, a struct format, and a name for each value;
# `name:n` is an array of n values, `_` is not read.
RECORDS = {
    Kind.META: (1 << 32, "<4I", "key text:2 _"),
    Kind.TENSORS: (
        1 << 16,
        "<4B6I2I2Iiii2Q4B6B10xI",
        "element rank role home sizes:6 name:2 scale scales zero low high offset bytes border:4 axes:6 stride",
    ),
    Kind.OPERATIONS: (1 << 16, "<2H2I2BH8I4I16i", "kind _ name:2 inputs outputs _ input:8 output:4 parameters:16"),
    Kind.GRAPHS: (16, "<2I2IQ2I2I24x", "name:2 first count arena inputs:2 outputs:2"),
    Kind.PACKED: (1 << 16, "<2I3Q", "operation layout offset size _"),
    Kind.INPUT: (64, "<I2BH2I16x", "tensor colour crop _ share table"),
    Kind.OUTPUT: (64, "<I2H3I12x", "tensor meaning _ labels offset table"),
    Kind.GOLDEN: (64, "<2I7Q", "kind graph seed offset size digests outputs:2 _"),
    Kind.STEPS: (1, "<7IfI92x", "predicted schedule labels graph guided alphas noise guidance steps"),
    Kind.PICTURES: (1 << 20, "<2Q2I2i2Q16x", "offset size name:2 label answer input outputs"),
}


def records(kind, data):
    """The records of a section, and the offset of what comes after them."""
    limit, layout, names = RECORDS[kind]
    what = f"section {kind.name.lower()}"
    size, count = struct.unpack_from("<2I", cut(data, 0, 16, what))
    require(struct.calcsize(layout) <= size <= 4096 and count <= limit, f"{what}: {count} records of {size} bytes")
    cut(data, 16, size * count, f"the records of {what}")
    return [fields(layout, names, data, 16 + size * i) for i in range(count)], 16 + size * count


def fields(layout, names, data, offset):
    values, record = iter(struct.unpack_from(layout, data, offset)), SimpleNamespace()
    for entry in names.split():
        name, _, length = entry.partition(":")
        setattr(record, name, [next(values) for _ in range(int(length))] if length else next(values))
    return record


class File:
    """A container: the sections by kind, those of kind `packed` by variant."""

    def __init__(self, path, content):
        with open(path, "rb") as file:
            self.data = data = file.read()
        header = cut(data, 0, 64, "the header")
        magic, major, self.minor, size, count, what, flags, self.checksum = struct.unpack_from("<4s2HQI2HQ", header)
        require(magic == b"EDGE" and major == 1, f"{path}: not an .edge file of format 1")
        require(size == len(data), f"{path}: {len(data)} bytes, not {size}")
        require(count <= 64 and what == content, f"{path}: {count} sections, content {what}")
        self.exact = bool(flags & 1)
        table = cut(data, 64, 32 * count, "the section table")
        head = data[:24] + bytes(8) + data[32 : 64 + 32 * count]
        require(digest(head) == self.checksum, f"{path}: the checksum of the header differs")

        self.sections, self.packed, end = {}, {}, 64 + 32 * count
        for entry in struct.iter_unpack("<2HI3Q", table):
            end = self.add_section(entry, end)
        require(not any(data[end:]), f"{path}: bytes after the last section")
        self.text_pool = data[:0]
        if Kind.META in self.sections:
            self.meta, pool = records(Kind.META, self.sections[Kind.META])
            self.text_pool = self.sections[Kind.META][pool:]
            self.meta = {record.key: self.text(record.text) for record in self.meta}

    def add_section(self, entry, end):
        """Checks the section of an entry of the table, which begins at `end` or later; where the section ends."""
        kind, variant, flags, offset, size, checksum = entry
        what = f"section {kind} variant {variant}"
        require(offset >= end and offset % (16384 if kind == Kind.PACKED else 64) == 0, f"{what}: offset {offset}")
        section = cut(self.data, offset, size, what)
        require(not any(self.data[end:offset]), f"{what}: not only zero bytes before it")
        if kind == Kind.PACKED:  # its checksum counts only when it is used
            require(variant not in self.packed, f"{what} occurs twice")
            self.packed[variant] = section, checksum
        elif kind in list(Kind):
            require(kind not in self.sections and variant == 0, f"{what} occurs twice, or has a variant")
            require(digest(section) == checksum, f"{what}: its checksum differs")
            self.sections[kind] = section
        else:
            require(not flags & 1, f"{what} is required and unknown")
        return offset + size

    def records(self, kind):
        return records(kind, self.sections[kind])[0] if kind in self.sections else []

    def text(self, place):
        require(place[1] <= 65536, f"a text of {place[1]} bytes")
        try:
            return cut(self.text_pool, *place, "a text").decode()
        except UnicodeDecodeError as error:
            raise EdgeError(f"a text is not UTF-8: {error}") from error
