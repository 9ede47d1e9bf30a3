"""django-oscar as a shop: nothing but the settings, the addresses, the goods, and the payment page that oscar leaves to each shop.

Runs in a virtual environment of its own (`requirements.txt`), never in ours. `tests/shops/oscar_shop.py` starts it.
"""
