"""What the shop sells. Pure data; a product needs a row here and nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    slug: str
    name: str
    kind: str
    origin: str
    cents: int
    left: int
    colour: str
    accent: str
    notes: tuple[str, ...]
    text: str

    @property
    def price(self) -> str:
        return money(self.cents)


def money(cents: int) -> str:
    return f"€{cents // 100}.{cents % 100:02d}"


PRODUCTS = (
    Product(
        "north-slope", "North Slope", "Filter", "Ethiopia, washed", 1450, 42, "#c8643b", "#f3d9b8", ("bergamot", "peach", "black tea"),
        "Grown high on a slope that sees the sun late. Light, floral, and better when it has cooled a little.",
    ),
    Product(
        "boiler-red", "Boiler Red", "Espresso", "Brazil and India", 1290, 88, "#8c2f23", "#f1c9a5", ("dark chocolate", "hazelnut", "molasses"),
        "Our house espresso since the first winter, when the boiler room was the only warm place in the building.",
    ),
    Product(
        "quiet-hour", "Quiet Hour", "Decaf", "Colombia, sugar cane", 1390, 17, "#3f5b52", "#dfe6d0", ("caramel", "red apple", "cocoa"),
        "For the cup after the last cup. The caffeine leaves by sugar cane and spring water, the sweetness stays.",
    ),
    Product(
        "iron-gate", "Iron Gate", "Espresso", "Guatemala, honey", 1520, 31, "#33343f", "#d9c5ae", ("plum", "toffee", "orange zest"),
        "Dense, syrupy, a little stubborn. It wants a fine grind and rewards those who give it one.",
    ),
    Product(
        "first-light", "First Light", "Filter", "Kenya, washed", 1690, 9, "#d09a35", "#fbeecb", ("blackcurrant", "grapefruit", "cane sugar"),
        "Bright as a window in the morning. We roast it on Tuesdays only, in small batches.",
    ),
    Product(
        "slow-river", "Slow River", "Filter", "Sumatra, wet-hulled", 1350, 54, "#56423a", "#e3d3bd", ("cedar", "clove", "dark honey"),
        "Low, wide and warm. A coffee for rain on the roof and nowhere to be.",
    ),
)  # fmt: skip
BY_SLUG = {product.slug: product for product in PRODUCTS}
