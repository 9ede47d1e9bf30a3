"""What the bar at the top says about changes: how many wait for somebody."""

from __future__ import annotations

from django import template

from accounts.models import Workspace
from scans import inbox

register = template.Library()


@register.simple_tag
def open_changes(workspace: Workspace) -> int:
    return inbox.open_count(workspace)
