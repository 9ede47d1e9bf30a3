"""Bodies that are much more than they look like, or that never end. Pure; the big ones are made once, when first asked for."""

from __future__ import annotations

import gzip
import itertools
import struct
import zlib
from collections.abc import Iterator
from functools import cache

from demo.wire import Reply

GIGABYTE = 1 << 30
PICTURE_SIDE = 30_000
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def drip() -> Iterator[bytes]:
    """A page that is always about to go on."""
    yield b"<!doctype html><title>H40</title><h1>Welcome</h1>"
    for number in itertools.count():
        yield b"<p>%d" % number


def endless() -> Iterator[bytes]:
    return itertools.repeat(b"0123456789abcdef" * 4096)


def endless_text() -> Reply:
    return Reply(endless(), media_type="text/plain")


def endless_picture() -> Reply:
    """Says that it is 10 GB long, and begins like a picture."""
    body = itertools.chain([PNG_SIGNATURE + _chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))], endless())
    return Reply(body, media_type="image/png", headers=[("Content-Length", str(10 * GIGABYTE))])


@cache
def long_script() -> str:
    return f"<!doctype html><title>H28</title><h1>Welcome</h1><script>const long = '{'x' * 30_000_000}';</script>"


def many_cookies() -> tuple[tuple[str, str], ...]:
    return tuple(("Set-Cookie", f"c{number}={'x' * 3_900}; Path=/; Secure") for number in range(300))


def gzipped() -> Reply:
    """A page of one gigabyte, a thousand times smaller on the way."""
    return Reply(_gzip_bomb(), headers=[("Content-Encoding", "gzip")])


@cache
def _gzip_bomb() -> bytes:
    # A block that ends on a full flush stands for itself, so it can be repeated without packing the gigabyte.
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    part = packer.compress(b"<b>boom</b>" + b" " * ((1 << 20) - 11)) + packer.flush(zlib.Z_FULL_FLUSH)
    head = gzip.compress(b"")[:10]
    return head + part * (GIGABYTE >> 20) + packer.flush(zlib.Z_FINISH) + struct.pack("<II", 0, 0)


@cache
def _png_bomb() -> bytes:
    row = b"\0" * (1 + PICTURE_SIDE // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row * 1_000) for _ in range(PICTURE_SIDE // 1_000)) + packer.flush()
    head = struct.pack(">IIBBBBB", PICTURE_SIDE, PICTURE_SIDE, 1, 0, 0, 0, 0)
    return PNG_SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def huge_picture() -> Reply:
    return Reply(_png_bomb(), media_type="image/png")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
