"""The shop's pictures, drawn by code. Pure: the same product gives the same picture."""

from __future__ import annotations

import io
import math
import random
from functools import cache

from PIL import Image, ImageFilter

from demo.shop.catalogue import Product

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><circle cx="24" cy="24" r="23" fill="#2b1a12"/>
<path d="M14 33V21a10 10 0 0 1 20 0v12z" fill="#c8643b"/><path d="M11 33h26v3H11z" fill="#f6ede0"/>
<path d="M24 14v-4M19 12c-2-2 0-4 0-5M29 12c2-2 0-4 0-5" stroke="#f6ede0" stroke-width="1.6" fill="none" stroke-linecap="round"/></svg>"""

PATTERN = """<svg xmlns="http://www.w3.org/2000/svg" width="120" height="120" viewBox="0 0 120 120"><g fill="none" stroke="#f3e9db" stroke-width="2">
<g transform="rotate(30 30 30)"><ellipse cx="30" cy="30" rx="10" ry="15"/><path d="M30 15c6 10-6 20 0 30"/></g>
<g transform="rotate(-40 90 84)"><ellipse cx="90" cy="84" rx="10" ry="15"/><path d="M90 69c6 10-6 20 0 30"/></g></g></svg>"""


def seal() -> str:
    teeth = " ".join(f"{60 + r * math.cos(i * math.pi / 24):.1f},{60 + r * math.sin(i * math.pi / 24):.1f}" for i in range(48) for r in (57 if i % 2 else 52,))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" width="120" height="120"><polygon points="{teeth}" fill="#7a3b1d"/>
<circle cx="60" cy="60" r="43" fill="none" stroke="#f6ede0" stroke-width="1.5"/><g font-family="Georgia,serif" fill="#f6ede0" text-anchor="middle">
<text x="60" y="50" font-size="11" letter-spacing="2">ROASTED</text><text x="60" y="70" font-size="20" font-style="italic">this week</text>
<text x="60" y="86" font-size="9" letter-spacing="2">SMALL BATCH</text></g></svg>"""


def bag(product: Product) -> str:
    """A bag of coffee with its label."""
    notes = "".join(f'<text x="200" y="{352 + 19 * row}" font-size="13">{note}</text>' for row, note in enumerate(product.notes))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 480" width="400" height="480"><defs>
<linearGradient id="g" x1="0" x2="1"><stop offset="0" stop-color="#000" stop-opacity=".28"/><stop offset=".25" stop-color="#fff" stop-opacity=".16"/>
<stop offset=".7" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".3"/></linearGradient></defs>
<rect width="400" height="480" fill="{product.accent}"/><ellipse cx="200" cy="438" rx="130" ry="14" fill="#000" opacity=".14"/>
<path d="M96 92 q104 -18 208 0 l8 330 q-112 22 -224 0 z" fill="{product.colour}"/>
<path d="M96 92 q104 -18 208 0 l2 30 q-106 -16 -212 0 z" fill="#000" opacity=".2"/>
<path d="M96 92 q104 -18 208 0 l8 330 q-112 22 -224 0 z" fill="url(#g)"/><rect x="126" y="196" width="148" height="206" rx="4" fill="#fbf6ee"/>
<g font-family="Georgia,serif" fill="#2b1a12" text-anchor="middle"><text x="200" y="226" font-size="11" letter-spacing="3">KESSELHAUS</text>
<path d="M150 236h100" stroke="{product.colour}" stroke-width="2"/><text x="200" y="274" font-size="23">{product.name}</text>
<text x="200" y="296" font-size="12" font-style="italic">{product.kind}</text><text x="200" y="314" font-size="11" fill="#7b6a5c">{product.origin}</text>
<circle cx="200" cy="328" r="2.5" fill="{product.colour}"/>{notes}</g></svg>"""


@cache
def hero() -> bytes:
    """Warm dusk light over a heap of beans, 1200 x 520."""
    wide, high, dice = 1200, 520, random.Random(7)
    glow = Image.new("RGB", (60, 26))
    for x in range(60):
        for y in range(26):
            near = max(0.0, 1 - math.hypot((x - 44) / 34, (y - 9) / 16))
            glow.putpixel((x, y), (int(36 + 176 * near), int(22 + 92 * near), int(16 + 38 * near)))
    picture = glow.resize((wide, high), Image.Resampling.BICUBIC)
    for row in range(9):
        for _ in range(34):
            _drop_bean(picture, dice, x=dice.randint(-20, wide), y=high - 190 + row * 22 + dice.randint(-8, 8), row=row)
    stored = io.BytesIO()
    picture.save(stored, "PNG")
    return stored.getvalue()


def _drop_bean(picture: Image.Image, dice: random.Random, *, x: int, y: int, row: int) -> None:
    size, angle = 26 + 3 * row, dice.uniform(0, 360)
    light = _bean(size).rotate(angle, resample=Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(0.6))
    tone = Image.merge("RGB", tuple(light.point([int(level * factor) for level in range(256)]) for factor in (0.5, 0.29, 0.18)))
    picture.paste(tone, (x - size, y - size), light.point([255 if level > 40 else 0 for level in range(256)]))


@cache
def _bean(size: int) -> Image.Image:
    shape = Image.new("L", (size * 2, size * 2))
    for x in range(size * 2):
        for y in range(size * 2):
            across, along = (x - size) / (size * 0.62), (y - size) / (size * 0.92)
            if across * across + along * along < 1:
                groove = abs(across + 0.22 * math.sin(along * 3)) < 0.09
                shape.putpixel((x, y), 60 if groove else int(140 + 100 * max(0.0, -across)))
    return shape
