"""What many rules ask of a change: is it new, is it on a payment page, was its party known? Pure.

A question that one category alone asks stays in that category's file.
"""

from __future__ import annotations

from collections.abc import Iterable

from scans.classify import vendors
from scans.classify.hosts import host_of, is_anybodys
from scans.classify.rules.rule import Scene
from scans.diff.change import Change

TRACKING = frozenset({"advertising", "analytics"})
TRACKING_PARTIES = TRACKING | {"social", "ab-test"}
ANYBODYS = frozenset({"cdn", "hosting", "unknown", "other", ""})  # behind such a host may be anybody's content
NAMES_NOT_CONTACTED = frozenset({"w3.org", "schema.org"})  # namespaces and vocabularies look like addresses in code
# Where code sends its readers: error messages and hints of libraries name them, and nobody collects anything there.
MANUALS = frozenset(
    """reactjs.org react.dev fb.me github.com www.github.com developer.mozilla.org nextjs.org vuejs.org v3.vuejs.org angular.dev angular.io svelte.dev
    webpack.js.org jquery.com api.jquery.com jqueryui.com getbootstrap.com momentjs.com lodash.com npms.io www.npmjs.com redux.js.org mobx.js.org
    swiperjs.com greensock.com mths.be bugs.chromium.org bugzilla.mozilla.org stackoverflow.com tools.ietf.org en.wikipedia.org example.com
    www.example.com example.org localhost 127.0.0.1 0.0.0.0
    """.split()  # noqa: SIM905
)


def is_new(change: Change) -> bool:
    return change.kind == "new"


def is_gone(change: Change) -> bool:
    return change.kind == "gone"


def is_changed(change: Change, *facts: str) -> bool:
    """It changed, in one of these facts if any are named."""
    return change.kind == "changed" and (not facts or any(fact in change.differs for fact in facts))


def on_payment_page(change: Change) -> bool:
    return bool(change.payment_pages)


def is_third_party(change: Change) -> bool:
    return change.about.get("party") == "third"


def is_known_party(change: Change) -> bool:
    """Where anybody may keep things, a payment page knows nobody: the host that it knows tells nothing about who is behind the next thing there."""
    nobodys = change.category != "third_party" and is_behind_anybodys_host(change) and on_payment_page(change)
    return bool(change.about.get("known_party")) and not nobodys


def is_behind_anybodys_host(change: Change) -> bool:
    return bool(change.about.get("anybodys"))


def is_never_seen_party(change: Change) -> bool:
    return is_third_party(change) and not is_known_party(change)


def is_known_on_site(change: Change) -> bool:
    return bool(change.about.get("known_on_site"))


def is_rotating(change: Change) -> bool:
    """A thing of a party whose things come and go: what is judged is the party, unless a payment page meets it for the first time."""
    return bool(change.about.get("rotating")) and not (on_payment_page(change) and not is_known_party(change))


def is_familiar(change: Change) -> bool:
    """Nothing that an ordinary page needs telling: it is known elsewhere on the site, or its party's things come and go."""
    return not on_payment_page(change) and (is_known_on_site(change) or is_rotating(change))


def is_tracking(change: Change) -> bool:
    """A list gives the thing itself a purpose of tracking."""
    return change.about.get("purpose") in TRACKING


def is_of_tracking_party(change: Change) -> bool:
    return change.about.get("vendor_category") in TRACKING_PARTIES


def is_listed_vendor(change: Change) -> bool:
    """Its vendor stands in our lists by name, and is not merely a host that serves anybody's content."""
    return change.about.get("vendor_category", "") not in ANYBODYS


def before(change: Change, fact: str) -> str:
    return (change.before or {}).get(fact, "")


def after(change: Change, fact: str) -> str:
    return (change.after or {}).get(fact, "")


def domain_of(url: str) -> str:
    host = host_of(url)
    return vendors.registrable_domain(host) if host else ""


def never_seen(hosts: Iterable[str], scene: Scene, *, on_payment: bool = False) -> list[str]:
    """Those of the hosts whose domain is neither the site's nor one that was in touch with it before; on a payment page each where anybody may stand."""
    known = scene.domains_before | NAMES_NOT_CONTACTED | ({vendors.registrable_domain(scene.site_host)} if scene.site_host else set())
    return [host for host in hosts if host and host not in MANUALS and (vendors.registrable_domain(host) not in known or (on_payment and is_anybodys(host)))]


def hosts(change: Change) -> list[str]:
    """Every host that the change names: its own, those that an inline script reaches and another one newly does, those of its cause."""
    reached = after(change, "reaches").split() if change.category == "script" else []
    if not change.key.startswith("inline:"):
        known = set(before(change, "reaches").split())
        reached = [host for host in reached if host not in known]
    causes = [host_of(url) for url in change.chain]
    named = [str(change.about.get("host") or ""), *reached, *causes]
    return list(dict.fromkeys(host for host in named if host))
