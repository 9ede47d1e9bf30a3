"""The project, and one module for each thing outside of it. Imports no app."""

from tracefox.celery import app as celery_app

__all__ = ["celery_app"]
