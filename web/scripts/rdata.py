"""Reads objects out of an R lazy-load database (data/Rdata.rdb), as R packages carry their data. Standard library only.

Enough of R's serialization (XDR, versions 2 and 3) for plain data: vectors, lists, attributes, S4 objects.
"""

import lzma
import pathlib
import struct
import zlib

SYMBOL, PAIRLIST, CLOSURE_ENV, LANGUAGE, CHARS = 1, 2, 4, 6, 9
LOGICAL, INTEGER, REAL, STRINGS, LIST, EXPRESSIONS, S4 = 10, 13, 14, 16, 19, 20, 25
NIL, GLOBAL, REFERENCE, NAMESPACE, PERSISTENT = 254, 253, 255, 249, 247


class Reader:
    def __init__(self, data: bytes):
        self.data, self.at, self.references = data, 0, []

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count:self.at]

    def integer(self) -> int:
        return struct.unpack(">i", self.take(4))[0]

    def read(self):
        if self.take(2) != b"X\n":
            raise ValueError("not R's XDR serialization")
        version = self.integer()
        self.take(8)
        if version == 3:
            self.take(self.integer())
        return self.item()

    def item(self):
        flags = self.integer()
        kind, has_attributes, has_tag = flags & 255, flags & 512, flags & 1024
        if kind in (NIL, GLOBAL, 242, 241, 251):
            return None
        if kind == REFERENCE:
            return self.references[(flags >> 8 or self.integer()) - 1]
        if kind in (NAMESPACE, PERSISTENT):
            self.integer()
            return self.remember([self.item() for _ in range(self.integer())])
        if kind == SYMBOL:
            return self.remember(self.item())
        if kind in (PAIRLIST, LANGUAGE):
            return self.pairs(has_attributes, has_tag)
        if kind == CHARS:
            length = self.integer()
            return None if length == -1 else self.take(length).decode("utf-8", "replace")
        return self.vector(kind, has_attributes)

    def remember(self, value):
        self.references.append(value)
        return value

    def pairs(self, has_attributes, has_tag) -> dict:
        if has_attributes:
            self.item()
        name = self.item() if has_tag else None
        members = {name: self.item()}
        rest = self.item()
        return {**members, **rest} if isinstance(rest, dict) else members

    def vector(self, kind, has_attributes):
        if kind == S4:
            return self.item() if has_attributes else {}
        length = self.integer()
        if kind in (LOGICAL, INTEGER):
            value = list(struct.unpack(f">{length}i", self.take(4 * length)))
        elif kind == REAL:
            value = list(struct.unpack(f">{length}d", self.take(8 * length)))
        elif kind in (STRINGS, LIST, EXPRESSIONS):
            value = [self.item() for _ in range(length)]
        else:
            raise ValueError(f"R type {kind} is not read here")
        return Attributed(value, self.item()) if has_attributes else value


class Attributed(list):
    """A vector with its attributes."""

    def __init__(self, value, attributes):
        super().__init__(value)
        self.attributes = attributes or {}


def load(directory: pathlib.Path, name: str):
    """The object `name` of the lazy-load database in `directory`."""
    index = Reader(zlib.decompress((directory / "Rdata.rdx").read_bytes(), 47)).read()
    variables = index[0]
    offset, length = variables[variables.attributes["names"].index(name)]
    with (directory / "Rdata.rdb").open("rb") as file:
        file.seek(offset)
        block = file.read(length)
    method, body = block[4:5], block[5:]
    if method == b"Z":  # what R calls type 3: a raw LZMA2 stream
        filters = [{"id": lzma.FILTER_LZMA2, "preset": 6}]
        return Reader(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters).decompress(body)).read()
    return Reader(zlib.decompress(block[4:])).read()
