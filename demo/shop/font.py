"""A typeface of one glyph, drawn here: the coffee bean that the shop uses as an ornament. Pure."""

from __future__ import annotations

import struct
from functools import cache

UNITS = 1000
BEAN = 0x2766
# Two halves with a gap between them: polygons in font units, clockwise.
HALVES = (
    ((470, 80), (300, 130), (190, 300), (190, 500), (290, 680), (460, 740), (420, 600), (470, 470), (520, 340)),
    ((540, 80), (590, 340), (540, 470), (490, 600), (530, 740), (700, 680), (800, 500), (800, 300), (700, 130)),
)


@cache
def bean() -> bytes:
    """A TrueType file with the glyph at U+2766."""
    glyph = _glyph()
    tables = {
        b"OS/2": _os2(),
        b"cmap": _cmap(),
        b"glyf": glyph,
        b"head": struct.pack(">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, 0, 0, 0, 0, UNITS, 800, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, UNITS, 0, 0, UNITS, 1, 0, 0, 0, 0, 0, 0, 0, 2),
        b"hmtx": struct.pack(">HhHh", UNITS, 0, UNITS, 190),
        b"loca": struct.pack(">III", 0, 0, len(glyph)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 18, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": _name(),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    return _file(tables)


def _glyph() -> bytes:
    points = [point for half in HALVES for point in half]
    ends = (len(HALVES[0]) - 1, len(points) - 1)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    head = struct.pack(">hhhhhHHH", len(HALVES), min(xs), min(ys), max(xs), max(ys), *ends, 0)
    outline = bytes([1] * len(points)) + _deltas(xs) + _deltas(ys)
    return (head + outline).ljust((len(head + outline) + 3) // 4 * 4, b"\0")


def _deltas(values: list[int]) -> bytes:
    return b"".join(struct.pack(">h", value - before) for before, value in zip([0, *values], values, strict=False))


def _cmap() -> bytes:
    segments = struct.pack(">HHHHHHH", 4, 4, 1, 0, BEAN, 0xFFFF, 0) + struct.pack(">HHHHHH", BEAN, 0xFFFF, (1 - BEAN) & 0xFFFF, 1, 0, 0)
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + struct.pack(">HHH", 4, 6 + len(segments), 0) + segments


def _name() -> bytes:
    texts = {1: "Kessel Ornament", 2: "Regular", 4: "Kessel Ornament", 6: "KesselOrnament-Regular"}
    records, stored = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(encoded), len(stored))
        stored += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + stored


def _os2() -> bytes:
    metrics = struct.pack(">HhHHHhhhhhhhhhhh", 4, UNITS, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 250, 0)
    ranges = bytes(10) + struct.pack(">IIII", 0, 1 << 15, 0, 0) + b"KSLH"
    return metrics + ranges + struct.pack(">HHHhhhHHIIhhHHH", 0x40, BEAN, BEAN, 800, -200, 0, 800, 200, 1, 0, 500, 700, 0, 32, 1)


def _file(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    head = struct.pack(">IHHHH", 0x10000, count, 16 << power, power, (count - (1 << power)) * 16)
    directory, data, offset = b"", b"", 12 + 16 * count
    for tag, table in tables.items():
        padded = table.ljust((len(table) + 3) // 4 * 4, b"\0")
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sIII", tag, checksum, offset + len(data), len(table))
        data += padded
    return head + directory + data
