"""A workspace to look around in: an agency with one client, whose shop is under watch.

The workspace is made once. The shop is watched anew by each demo, as its story begins anew.
Django must be set up before this module is imported.
"""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts import api_keys, clients, workspaces
from accounts.models import ApiKey, Client, User, Workspace
from alerts.models import Alert
from checkout.models import TestRun
from demo.shop import ORIGIN, PAGES, url_of
from scans import inbox, printout, queue, sites, store, tasks
from scans.models import Page, Scan, Site

EMAIL = "demo@agency.example"
PASSWORD = "kesselhaus before nine"
AGENCY = "Demo Agency"
CLIENT = "Kesselhaus"
WATCHED = {"product": Page.Kind.PAGE, "cart": Page.Kind.PAGE, "checkout": Page.Kind.PAYMENT, "privacy": Page.Kind.POLICY}
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
    for earlier in Site.objects.for_workspace(workspace).filter(client=client, url=ORIGIN + PAGES["home"]):
        sites.remove(earlier)
    site = sites.add(workspace=workspace, client=client, url=ORIGIN + PAGES["home"], name="Kesselhaus shop", now=timezone.now())
    for page, kind in WATCHED.items():
        sites.add_page(site, url=url_of(page), kind=kind)
    return site


def ask_for_scan(login: Login) -> Scan:
    """The scan that is queued or running, or else a new one."""
    try:
        return tasks.enqueue(login.site, trigger=Scan.Trigger.PERSON, now=timezone.now())
    except queue.AlreadyOpen as already:
        return already.scan


def findings(scan: Scan) -> str:
    return printout.of(store.load(scan))


def news(scan: Scan) -> str:
    """What a scan has to tell: the alert's headline, and each told change with what brought it."""
    rows, _ = inbox.of_scan(scan)
    alert = Alert.objects.for_workspace(scan.site.workspace_id).filter(change__scan=scan).first()
    if not rows or not alert:
        return "Nothing to tell."
    lines = [f"  {row.change.get_severity_display():9} {row.category:16} {printout.line(row.change.sentence)}{_through(row)}" for row in rows]
    return "\n".join((f"Alert: {printout.line(alert.headline)}", *lines))


def _through(row: inbox.Row) -> str:
    return f" (through {printout.line(row.cause)})" if row.cause else ""


def doorway(login: Login, *, origin: str, run: TestRun) -> str:
    """Where to go now, for a person and for a program."""
    run_page = origin + reverse("checkout:run-detail", args=[login.workspace.slug, run.pk])
    page, inbox_page = (origin + reverse(f"scans:{name}", args=[login.workspace.slug]) for name in ("site-list", "change-list"))
    return f"""\
  Dashboard  {page}
  Inbox      {inbox_page}
  Test Run   {run_page}
  Log in     {EMAIL}
  Password   {PASSWORD}
  API        curl -H 'Authorization: Bearer {login.api_key}' {origin}/api/v1/sites/
"""
