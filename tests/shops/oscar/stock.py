# mypy: disable-error-code="misc, attr-defined"
"""Fill the oscar shop, through its own models: two books, a country to send them to, a voucher of ten per cent and one that takes everything off.

Run once, in the shop's own environment, after its migrations.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from django.apps import apps  # noqa: E402

BOOKS = (("Tides and timetables", "BOOK-1", "20.00"), ("A short history of knots", "BOOK-2", "12.50"))
VOUCHERS = (("TENOFF", "10"), ("TRACEFOXZERO", "100"))


def main() -> None:
    apps.get_model("address", "Country").objects.create(
        iso_3166_1_a2="DE", iso_3166_1_a3="DEU", printable_name="Germany", name="Germany", is_shipping_country=True
    )
    partner = apps.get_model("partner", "Partner").objects.create(name="Harbour Books", code="harbour")
    kind = apps.get_model("catalogue", "ProductClass").objects.create(name="Book", slug="book", track_stock=False)
    shelf = apps.get_model("catalogue", "Category").objects.add_root({"name": "Books", "slug": "books"})
    for title, sku, price in BOOKS:
        book = apps.get_model("catalogue", "Product").objects.create(title=title, upc=sku, product_class=kind, structure="standalone", description=title)
        book.categories.add(shelf)
        apps.get_model("partner", "StockRecord").objects.create(product=book, partner=partner, partner_sku=sku, price=Decimal(price), price_currency="EUR")
    everything = apps.get_model("offer", "Range").objects.create(name="All books", slug="all", includes_all_products=True)
    for code, percent in VOUCHERS:
        add_voucher(code, percent, everything)


def add_voucher(code: str, percent: str, products: object) -> None:
    condition = apps.get_model("offer", "Condition").objects.create(range=products, type="Count", value=1)
    benefit = apps.get_model("offer", "Benefit").objects.create(range=products, type="Percentage", value=Decimal(percent))
    offer = apps.get_model("offer", "ConditionalOffer").objects.create(name=f"Voucher {code}", offer_type="Voucher", condition=condition, benefit=benefit)
    begins, ends = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
    voucher = apps.get_model("voucher", "Voucher").objects.create(name=code, code=code, usage="Multi-use", start_datetime=begins, end_datetime=ends)
    voucher.offers.add(offer)


if __name__ == "__main__":
    main()
