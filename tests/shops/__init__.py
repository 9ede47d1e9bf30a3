"""Shops that somebody else wrote, installed from the package registries and served on loopback, for Checkout Tests to be played on.

`oscar_shop` (django-oscar, from PyPI) and `evershop_shop` (EverShop, from npm) are opened behind a TLS front that can break them (`front`). To add one: a
module with `HOST` and `opened(folder)`, its Checkout Test in `flows`, and its name in `stand.SHOPS`.
"""
