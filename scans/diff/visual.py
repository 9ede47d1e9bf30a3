"""Where a screenshot looks different: regions of the viewport, with what moves by itself left out. Pure: pictures come and go as bytes.

Pictures are compared pixel by pixel and judged on a grid of small blocks. A block is left out when it lies in a box that the capture named as moving, or when
the earlier screenshots tell that it moves: it changed more than once among them, or so lately that it cannot be told yet. One change that stayed is a change of
the page, not movement. Blocks that are close make one region, and a region of a few blocks is dropped.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from PIL import Image, ImageChops, PngImagePlugin

BLOCK = 8
TOLERANCE = 16  # of 255, in the channel that differs most: below it lies what a picture's scaling does
LEAST_SHARE = 8  # of 255: two pixels of a block
REACH = 3  # blocks: what is nearer than this belongs together
LEAST_BLOCKS = 5
LATELY = 3  # screenshots
MOST_PIXELS = 40_000_000
MOST_REGIONS = 40

Cell = tuple[int, int]


class Box(Protocol):
    """A rectangle in pixels from the upper left corner: `scans.snapshot.Box`, or a `Region`."""

    @property
    def x(self) -> int: ...
    @property
    def y(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Visual:
    """`share` is the changed part of what could be judged, `masked` the part of the picture that could not; both from 0 to 1."""

    regions: list[Region]
    share: float
    masked: float = 0.0


class NotAPicture(ValueError):
    """The bytes are no PNG of a size that we compare."""


def regions(before: Sequence[bytes], after: bytes, *, moving: Iterable[Box] = ()) -> Visual:
    """`before` are the last screenshots, the newest last: `after` is compared with the newest, the others tell what moves. Without any, nothing changed."""
    if not before:
        return Visual(regions=[], share=0.0)
    newest, now = _opened(before[-1]), _opened(after)
    size = (max(newest.width, now.width), max(newest.height, now.height))
    columns, rows = (-(-side // BLOCK) for side in size)
    masked = {cell for box in moving for cell in _covered(box, columns, rows)} | _learnt([*map(_opened, before[:-1]), newest])
    changed = _differing(newest, now, size) - masked
    groups = [group for group in _groups(changed) if len(group) >= LEAST_BLOCKS]
    judged = columns * rows - len(masked)
    found = sorted((_around(group, size) for group in groups), key=lambda region: (-region.width * region.height, region.y, region.x))
    return Visual(
        regions=sorted(_joined(found)[:MOST_REGIONS], key=lambda region: (region.y, region.x)),
        share=sum(map(len, groups)) / judged if judged else 0.0,
        masked=len(masked) / (columns * rows),
    )


def _opened(png: bytes) -> Image.Image:
    try:
        picture = PngImagePlugin.PngImageFile(io.BytesIO(png))
        if picture.width * picture.height > MOST_PIXELS:
            raise NotAPicture(f"A picture of {picture.width} by {picture.height} pixels is too large to compare.")
        return picture.convert("RGB")
    except (OSError, SyntaxError, EOFError) as error:
        raise NotAPicture("This is not a PNG that can be read.") from error


def _learnt(pictures: Sequence[Image.Image]) -> set[Cell]:
    """The blocks that move, told by screenshots of the newest one's size, in order."""
    alike = [picture for picture in pictures if picture.size == pictures[-1].size]
    times: dict[Cell, int] = {}
    steps = [_differing(one, other, one.size) for one, other in pairwise(alike)]
    for cell in (cell for step in steps for cell in step):
        times[cell] = times.get(cell, 0) + 1
    lately = {cell for step in steps[-(LATELY - 1) :] for cell in step}
    return lately | {cell for cell, count in times.items() if count > 1}


def _differing(one: Image.Image, other: Image.Image, size: tuple[int, int]) -> set[Cell]:
    """The blocks in which two pictures differ. Where only one of them reaches, they do."""
    shared = (min(one.width, other.width), min(one.height, other.height))
    difference = ImageChops.difference(_cut(one, shared), _cut(other, shared))
    if shared == size and difference.getbbox() is None:
        return set()
    red, green, blue = difference.split()
    strong = ImageChops.lighter(ImageChops.lighter(red, green), blue).point([0] * (TOLERANCE + 1) + [255] * (255 - TOLERANCE))
    whole = Image.new("L", size, 255)
    whole.paste(strong, (0, 0))
    grid = whole.reduce(BLOCK)
    return {(index % grid.width, index // grid.width) for index, share in enumerate(grid.tobytes()) if share >= LEAST_SHARE}


def _cut(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture if picture.size == size else picture.crop((0, 0, *size))


def _covered(box: Box, columns: int, rows: int) -> Iterator[Cell]:
    """The blocks that a box touches, and one more around it: a shadow or a border moves along."""
    for row in range(max(0, box.y // BLOCK - 1), min(rows, -(-(box.y + box.height) // BLOCK) + 1)):
        for column in range(max(0, box.x // BLOCK - 1), min(columns, -(-(box.x + box.width) // BLOCK) + 1)):
            yield column, row


def _groups(cells: set[Cell]) -> Iterator[set[Cell]]:
    """Blocks that are within reach of one another, one by one."""
    left = set(cells)
    near = [(column, row) for column in range(-REACH, REACH + 1) for row in range(-REACH, REACH + 1)]
    while left:
        group = {left.pop()}
        edge = list(group)
        while edge:
            column, row = edge.pop()
            found = {(column + right, row + down) for right, down in near} & left
            left -= found
            group |= found
            edge += found
        yield group


def _around(group: set[Cell], size: tuple[int, int]) -> Region:
    left, top = min(column for column, _ in group) * BLOCK, min(row for _, row in group) * BLOCK
    right, lower = (max(column for column, _ in group) + 1) * BLOCK, (max(row for _, row in group) + 1) * BLOCK
    return Region(x=left, y=top, width=min(right, size[0]) - left, height=min(lower, size[1]) - top)


def _joined(found: Sequence[Region]) -> list[Region]:
    """The same regions, those in which another one lies or which overlap made one."""
    joined: list[Region] = []
    for region in found:
        whole = region
        while touching := next((other for other in joined if _overlap(whole, other)), None):
            joined.remove(touching)
            whole = _both(whole, touching)
        joined.append(whole)
    return joined


def _overlap(one: Region, other: Region) -> bool:
    return one.x < other.x + other.width and other.x < one.x + one.width and one.y < other.y + other.height and other.y < one.y + one.height


def _both(one: Region, other: Region) -> Region:
    left, top = min(one.x, other.x), min(one.y, other.y)
    right, lower = max(one.x + one.width, other.x + other.width), max(one.y + one.height, other.y + other.height)
    return Region(x=left, y=top, width=right - left, height=lower - top)
