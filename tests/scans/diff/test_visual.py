"""Where two screenshots differ, and what of it is only movement."""

import io

import pytest
from PIL import Image, ImageDraw

from scans.diff import visual
from scans.diff.visual import Region
from scans.snapshot import Box

WIDE, HIGH = 640, 400


def png(*painted, size=(WIDE, HIGH), ground="white") -> bytes:
    """A picture with rectangles (x, y, width, height, colour) on it."""
    picture = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(picture)
    for x, y, width, height, colour in painted:
        draw.rectangle((x, y, x + width - 1, y + height - 1), fill=colour)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


PLAIN = png()


def covers(region: Region, x: int, y: int, width: int, height: int) -> bool:
    return region.x <= x and region.y <= y and region.x + region.width >= x + width and region.y + region.height >= y + height


def test_two_pictures_that_are_the_same_have_no_regions():
    assert visual.regions([PLAIN], png()) == visual.Visual(regions=[], share=0.0, masked=0.0)


def test_without_an_earlier_picture_nothing_changed():
    assert visual.regions([], PLAIN).regions == []


def test_a_box_that_came_is_one_region_around_it():
    found = visual.regions([PLAIN], png((100, 80, 60, 40, "red")))
    [region] = found.regions
    assert covers(region, 100, 80, 60, 40)
    assert region.width <= 60 + 2 * visual.BLOCK
    assert region.height <= 40 + 2 * visual.BLOCK
    assert found.share == pytest.approx(60 * 40 / (WIDE * HIGH), rel=0.4)


def test_changes_far_apart_are_two_regions_and_close_ones_are_one():
    apart = visual.regions([PLAIN], png((10, 10, 40, 40, "red"), (512, 320, 40, 40, "blue")))
    close = visual.regions([PLAIN], png((10, 10, 40, 40, "red"), (64, 10, 40, 40, "blue")))
    assert [(region.x // 100, region.y // 100) for region in apart.regions] == [(0, 0), (5, 3)]
    assert len(close.regions) == 1


def test_a_speck_and_a_shade_are_no_change():
    assert visual.regions([PLAIN], png((100, 100, 6, 6, "black"))).regions == []
    assert visual.regions([PLAIN], png(ground=(246, 246, 246))).regions == []


def test_a_change_of_one_colour_channel_is_seen():
    assert visual.regions([PLAIN], png((100, 100, 80, 80, (255, 255, 200)))).regions


def test_what_the_capture_named_as_moving_is_left_out_and_the_rest_is_not():
    carousel = Box(x=0, y=0, width=WIDE, height=100, why="carousel")
    found = visual.regions([PLAIN], png((50, 10, 200, 80, "green"), (50, 300, 80, 80, "red")), moving=[carousel])
    assert [covers(region, 50, 300, 80, 80) for region in found.regions] == [True]
    assert 0.2 < found.masked < 0.4


def test_a_box_may_reach_beyond_the_picture():
    everything = Box(x=-50, y=-50, width=5000, height=5000, why="animation")
    assert visual.regions([PLAIN], png(ground="black"), moving=[everything]) == visual.Visual(regions=[], share=0.0, masked=1.0)


def test_what_differs_among_the_earlier_pictures_is_movement():
    slides = [png((50, 10, 200, 80, colour)) for colour in ("red", "green", "blue")]
    found = visual.regions(slides, png((50, 10, 200, 80, "yellow"), (50, 300, 80, 80, "black")))
    assert [region.y >= 200 for region in found.regions] == [True]


def test_a_change_that_stayed_hides_nothing_later_on():
    banner = png((0, 0, WIDE, 100, "orange"))
    found = visual.regions([PLAIN, PLAIN, banner, banner, banner], png((0, 0, WIDE, 100, "orange"), (100, 20, 80, 60, "black")))
    assert [covers(region, 100, 20, 80, 60) for region in found.regions] == [True]


def test_what_changed_lately_cannot_be_told_yet():
    banner = png((0, 0, WIDE, 100, "orange"))
    assert visual.regions([PLAIN, PLAIN, banner], png((0, 0, WIDE, 100, "red"))).regions == []


@pytest.mark.parametrize("size", [(WIDE, HIGH - 100), (WIDE, HIGH + 100), (WIDE + 80, HIGH), (WIDE - 80, HIGH + 80)])
def test_where_only_one_picture_reaches_they_differ(size):
    found = visual.regions([PLAIN], png(size=size))
    assert found.regions
    assert 0 < found.share < 1
    right, lower = max(WIDE, size[0]), max(HIGH, size[1])
    assert all(region.x + region.width <= right and region.y + region.height <= lower for region in found.regions)


def test_earlier_pictures_of_another_size_teach_nothing():
    found = visual.regions([png(size=(300, 300), ground="black"), PLAIN], png((100, 80, 60, 40, "red")))
    assert found.masked == 0
    assert found.regions


def test_a_picture_that_changed_everywhere_is_one_region_of_it_all():
    found = visual.regions([PLAIN], png(ground="black"))
    assert found.regions == [Region(x=0, y=0, width=WIDE, height=HIGH)]
    assert found.share == 1.0


def test_regions_never_overlap():
    ring = png((100, 100, 200, 10, "red"), (100, 290, 200, 10, "red"), (100, 100, 10, 200, "red"), (290, 100, 10, 200, "red"), (180, 180, 40, 40, "blue"))
    assert len(visual.regions([PLAIN], ring).regions) == 1


@pytest.mark.parametrize("bytes_", [b"", b"no picture", PLAIN[:60], b"\xff\xd8\xff\xe0" + b"\0" * 40])
def test_what_is_no_png_is_told(bytes_):
    with pytest.raises(visual.NotAPicture, match=r"\.$"):
        visual.regions([PLAIN], bytes_)


def test_a_picture_too_large_to_compare_is_told():
    with pytest.raises(visual.NotAPicture, match="too large"):
        visual.regions([PLAIN], png(size=(40_001, 1000)))
