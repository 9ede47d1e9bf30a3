"""A workspace to look around in: an agency with one client, whose shop is under watch. Made once; later demos find it and the scans of earlier ones.

Django must be set up before this module is imported.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts import api_keys, clients, workspaces
from accounts.models import ApiKey, Client, User, Workspace
from demo.shop import ORIGIN, PAGES, url_of
from scans import printout, queue, sites, store, tasks
from scans.models import Page, Scan, Site

EMAIL = "demo@agency.example"
PASSWORD = "kesselhaus before nine"
AGENCY = "Demo Agency"
CLIENT = "Kesselhaus"
WATCHED = ("product", "cart")
POLICIES = ("privacy",)
KEY_NAME = "demo"


@dataclass(frozen=True, kw_only=True)
class Login:
    """Whose workspace it is, and the key by which a program enters. The key is new in each demo, as nobody can read an old one again."""

    workspace: Workspace
    site: Site
    api_key: str


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def prepare() -> Login:
    person = User.objects.filter(email=EMAIL).first() or User.objects.create_user(EMAIL, PASSWORD, name="Demo")
    EmailAddress.objects.get_or_create(user=person, email=EMAIL, defaults={"verified": True, "primary": True})
    workspace = workspaces.first_of(person) or workspaces.create(name=AGENCY, owner=person)
    client = Client.objects.for_workspace(workspace).filter(name=CLIENT).first() or clients.add(workspace=workspace, name=CLIENT)
    site = _watch_shop(workspace, client)
    for old in ApiKey.objects.for_workspace(workspace).filter(name=KEY_NAME, revoked_at=None):
        api_keys.revoke(old, now=timezone.now())
    _, plain = api_keys.create(workspace=workspace, name=KEY_NAME, by=person, can_write=True)
    return Login(workspace=workspace, site=site, api_key=plain)


def _watch_shop(workspace: Workspace, client: Client) -> Site:
    with suppress(sites.SiteExists):
        site = sites.add(workspace=workspace, client=client, url=ORIGIN + PAGES["home"], name="Kesselhaus shop", now=timezone.now())
        for page in WATCHED:
            sites.add_page(site, url=url_of(page))
        for page in POLICIES:
            sites.add_page(site, url=url_of(page), kind=Page.Kind.POLICY)
    return Site.objects.for_workspace(workspace).get(client=client, url=ORIGIN + PAGES["home"])


def ask_for_scan(login: Login) -> Scan:
    """The scan that is queued or running, or else a new one."""
    try:
        return tasks.enqueue(login.site, trigger=Scan.Trigger.PERSON, now=timezone.now())
    except queue.AlreadyOpen as already:
        return already.scan


def findings(scan: Scan) -> str:
    return printout.of(store.load(scan))


def doorway(login: Login, *, origin: str) -> str:
    """Where to go now, for a person and for a program."""
    page = origin + reverse("scans:site-list", args=[login.workspace.slug])
    return f"""
  Dashboard  {page}
  Log in     {EMAIL}
  Password   {PASSWORD}
  API        curl -H 'Authorization: Bearer {login.api_key}' {origin}/api/v1/sites/
"""
