"""Where what a buyer types may go, as items: the forms of a page, and the frames of a payment page. Pure.

A form is known by its name, and one without by the path it sends to and its fields: where it stands among the others says nothing. The host is a fact of its
own, since a path may hold a token of this visit. A frame of a third party is known by its domain, one of the site itself by its address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from scans.classify.hosts import host_of
from scans.diff import names
from scans.diff.change import Item
from scans.diff.page import Page, short


def forms(page: Page) -> Iterator[Item]:
    for form in page.seen.forms:
        host, action = host_of(form.action), page.key(form.action.partition("#")[0].partition("?")[0][:2000])
        fields = ", ".join(_field(field) for field in form.fields)
        facts = {"host": host, "action": f"https://{action}" if host else action, "method": form.method.lower(), "fields": fields}
        path = f"/{action.partition('/')[2]}" if host else action
        key = f"form:{form.name}" if form.name else f"form:{path[:200]}|{_known_by(fields)}"
        name = f"form {form.name}" if form.name else f"form to {short(path)}"
        yield Item(category="form", key=key, name=name, facts=facts, about=page.whose(host) | {"url": form.action})


def frames(page: Page) -> Iterator[Item]:
    if page.seen.kind != "payment":
        return
    for frame in page.seen.frames:
        host = host_of(frame.url)
        about = page.whose(host) | {"url": frame.url}
        if host and about["party"] == "third":
            yield Item(category="form", key=f"frame:{about['domain']}", name=f"frame of {host}", facts={"origin": f"https://{host}"}, about=about)
        elif host and frame.url != page.seen.final_url:
            yield Item(category="form", key=f"frame:{page.key(frame.url)}", name=f"frame {short(frame.url)}", about=about)


def _known_by(fields: str) -> str:
    return fields if len(fields) <= 200 else hashlib.sha256(fields.encode("utf-8", "replace")).hexdigest()


def _field(field: str) -> str:
    """`type name`, without the words of machines in the name."""
    kind, space, name = field.partition(" ")
    return f"{kind}{space}{names.storage(name)}"
