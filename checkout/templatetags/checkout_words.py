"""What templates say about Checkout Tests and their runs: `{% load checkout_words %}`.

Filters give plain strings, which the template escapes.
"""

from __future__ import annotations

from django import template
from django.utils import timezone

from checkout import charts, listing, wording
from scans.models import Site

register = template.Library()
register.filter("tone", charts.tone)
register.filter("test_tone", listing.tone)
register.filter("test_words", listing.words)
register.filter("step_words", wording.of_step)
register.filter("condition_words", wording.of_condition)

TRIGGERS = {"schedule": "its schedule", "person": "a person", "api": "the API", "confirmation": "the run that failed before it, to make sure"}


@register.filter
def started_by(trigger: str) -> str:
    return TRIGGERS.get(trigger, trigger)


@register.simple_tag
def tests_of(site: Site) -> list[listing.TestRow]:
    """A site's Checkout Tests, for the page of the site: the app of sites knows nothing of tests."""
    return listing.of_site(site, now=timezone.now())
