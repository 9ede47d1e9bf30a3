"""The project, and one module for each thing outside of it. Imports no app.

Celery's app is loaded with it, so that every task belongs to it. The runner of a Test Run (`python -m checkout.runner`) is the one program without tasks: it
is spared Celery, and with it the parts of Django that Celery loads.
"""

import sys

if "checkout.runner" not in sys.orig_argv:
    from tracefox.celery import app as celery_app

    __all__ = ["celery_app"]
