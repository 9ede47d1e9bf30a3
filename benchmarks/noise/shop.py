"""A shop that changes as real ones do, with nobody doing anything wrong: every load of it is drawn from the seed, the day and the load's number.

What moves: hashes and deploys, nonces, CSRF and session tokens, dates, stock, rotating advertisers and creatives, an A/B test, a CDN that fails over, cookies
whose names are drawn, vendors that release, cache busters. To add a kind of churn: a method that `load` calls.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable

from benchmarks.noise.page import PageMade, digest_of
from scans import snapshot as form

ADVERTISERS = ("criteo.com", "adnxs.com", "rubiconproject.com", "pubmatic.com", "openx.net", "casalemedia.com", "taboola.com", "outbrain.com", "3lift.com")
CREATIVES = tuple(f"cdn.creative-{word}.example" for word in ("lynx", "otter", "heron", "stoat", "civet", "genet", "serow", "tapir", "okapi", "saiga"))
START = datetime.datetime(2026, 3, 2, 4, tzinfo=datetime.UTC)
BROWSER = form.Browser(product="Chrome/156", user_agent="", viewport_width=1280, viewport_height=800, wait_policy="")
POLICY = "We process your data to deliver your order. Our processor is Stripe. Data is kept for 12 months. Write to privacy@{site}. As of 3 January 2026."
Change = Callable[[dict[str, PageMade], random.Random], None]


class Shop:
    """One shop of one seed. `load(day, number)` is its snapshot; the same arguments give the same snapshot."""

    def __init__(self, seed: int, number: int) -> None:
        self.seed, self.number = seed, number
        chance = random.Random(f"{seed}/{number}/shop")
        self.site = f"shop{number}-{seed}.example"
        self.ads = chance.random() < 0.7
        self.tested = chance.random() < 0.7
        self.pixel = str(chance.randrange(10**14, 10**15))
        self.container = f"GTM-{''.join(chance.choices('ABCDEFGHJKLMNPQRSTUVWXYZ23456789', k=7))}"
        self.deploys = sorted(chance.sample(range(1, 61), chance.randrange(4, 16)))
        self.fail_over = chance.uniform(0.0, 0.08)
        self.bodies: dict[str, bytes] = {}

    def load(self, day: int, number: int, changes: tuple[Change, ...] = ()) -> form.Snapshot:
        chance = random.Random(f"{self.seed}/{self.number}/{day}/{number}")
        pages = {name: self._page(name, day, chance) for name in ("home", "product", "checkout", "privacy")}
        pages["rejected"] = self._rejected(day, chance)
        for change in changes:
            change(pages, chance)
        at = (START + datetime.timedelta(days=day, minutes=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        for page in pages.values():
            if page.policy:
                self.bodies[digest_of(page.policy)] = page.policy.encode()
        outcome = form.Outcome(status="ok")
        seen = {name: page.observation(at) for name, page in pages.items()}
        rejected = form.ConsentState(state="rejected", observation=seen.pop("rejected"), verdict="rejected", cmp="Cookiebot", button="Reject all")
        return form.Snapshot(
            version=form.VERSION,
            started_at=at,
            finished_at=at,
            outcome=outcome,
            browser=BROWSER,
            observations=list(seen.values()),
            consent_states=[form.ConsentState(state="untouched", observation=seen["home"]), rejected],
        )

    def _rejected(self, day: int, chance: random.Random) -> PageMade:
        """The start page after its banner was answered with no: the shop itself, its session, and the platform that remembers the answer."""
        page = PageMade(url=f"https://www.{self.site}/", site=self.site, cmp="Cookiebot", banner=False)
        self._own(page, day, chance)
        self._tokens(page, day, chance)
        page.script("https://consent.cookiebot.com/uc.js", body=f"cookiebot {day // 20}")
        page.cookie("CookieConsent", by="https://consent.cookiebot.com/uc.js")
        if chance.random() > 0.03:
            page.request(f"https://fonts.gstatic.com/s/inter/v{13 + day // 30}/inter.woff2", kind="font")
        return page

    def _page(self, name: str, day: int, chance: random.Random) -> PageMade:
        url = f"https://www.{self.site}/{'' if name == 'home' else name}"
        kind = {"checkout": "payment", "privacy": "policy"}.get(name, "page")
        page = PageMade(url=url, site=self.site, kind=kind, cmp="Cookiebot", banner=True)  # type: ignore[arg-type]
        page.defaults = dict.fromkeys(("ad_storage", "analytics_storage", "ad_user_data", "ad_personalization"), "denied")
        self._own(page, day, chance)
        self._tokens(page, day, chance)
        self._vendors(page, day, chance)
        if name != "checkout":
            self._tried_out(page, chance)
            self._advertised(page, chance)
        else:
            self._paid(page, chance)
        if name == "privacy":
            page.policy = POLICY.format(site=self.site)
        return page

    def _own(self, page: PageMade, day: int, chance: random.Random) -> None:
        release = sum(1 for deploy in self.deploys if deploy <= day)
        for part in ("runtime", "vendor", "app", "theme"):
            changed = release if part in ("app", "runtime") else release // 3
            name = digest_of(f"{self.seed}/{self.number}/{part}/{changed}")[:16]
            page.script(f"https://www.{self.site}/assets/{part}.{name}.js", body=f"{part} {changed}")
        page.script(f"https://www.{self.site}/js/shop.js?v={digest_of(str(release))[:8]}", body=f"shop {release}")
        page.request(f"https://www.{self.site}/assets/main.{digest_of(f'css{release}')[:12]}.css", kind="stylesheet")
        for picture in range(6):
            page.request(f"https://static.{self.site}/media/{(picture * 7 + day // 3) % 40}.webp?v={chance.randrange(10**9)}")
        page.request(f"https://www.{self.site}/api/stock?_={1_772_000_000 + day * 86_400 + chance.randrange(80_000)}", kind="fetch")

    def _tokens(self, page: PageMade, day: int, chance: random.Random) -> None:
        drawn = "".join(chance.choices("0123456789abcdef", k=32))
        today = (START + datetime.timedelta(days=day)).date().isoformat()
        page.inline(f'window.shop = {{csrf: "{drawn}", session: "{drawn[::-1]}", today: "{today}"}};')
        items = ", ".join(f'{{id: "{chance.randrange(10_000)}", price: {chance.randrange(500) / 10}}}' for _ in range(chance.randrange(2, 9)))
        page.inline(f"dataLayer = window.dataLayer || []; dataLayer.push({{event: 'view', items: [{items}]}});")
        page.headers = {
            "content-security-policy": f"default-src 'self'; script-src 'self' 'nonce-{drawn[:22]}' https://js.stripe.com; report-uri /csp?id={drawn[:8]}",
            "strict-transport-security": "max-age=31536000; includeSubDomains",
            "x-frame-options": "DENY",
        }
        page.cookie("shop_session", days=None, http_only=True)
        page.cookie(f"wp_woocommerce_session_{drawn}", days=2)
        page.cookie(f"TS01{drawn[:6]}", days=None)
        page.text = f"{today} {chance.randrange(9)} in stock"

    def _vendors(self, page: PageMade, day: int, chance: random.Random) -> None:
        manager = f"https://www.googletagmanager.com/gtm.js?id={self.container}"
        page.script(manager, body=f"gtm {day // 5}")
        page.tags.append(form.Tag(vendor="Google Tag Manager", account_id=self.container, seen_in="request", url=manager))
        page.script("https://consent.cookiebot.com/uc.js", body=f"cookiebot {day // 20}")
        library = "https://cdn.jsdelivr.net/npm/swiper@11.0.5/swiper-bundle.min.js"
        fallback = library.replace("cdn.jsdelivr.net/npm", "unpkg.com")
        page.script(fallback if chance.random() < self.fail_over else library, body="swiper 11.0.5")
        page.script(f"https://static.klaviyo.com/onsite/js/klaviyo-{3 + day // 25}.{day // 12}.0.js", body=f"klaviyo {day // 12}", by=(manager,))
        pixel = f"https://connect.facebook.net/signals/config/{self.pixel}?v=2.9.{140 + day // 9}&r=stable"
        page.script(pixel, body=f"pixel {day // 9}", by=(manager,))
        page.tags.append(form.Tag(vendor="Meta", account_id=self.pixel, seen_in="request", url=pixel))
        if chance.random() > 0.03:
            page.request(f"https://fonts.gstatic.com/s/inter/v{13 + day // 30}/inter.woff2", kind="font")

    def _tried_out(self, page: PageMade, chance: random.Random) -> None:
        if not self.tested:
            return
        page.script("https://cdn.optimizely.com/js/24680135790.js", body="optimizely")
        variant = chance.randrange(3)
        page.request(
            f"https://logx.optimizely.com/v1/events?v={variant}&u={chance.randrange(10**12)}",
            kind="fetch",
            by=("https://cdn.optimizely.com/js/24680135790.js",),
        )
        if variant:
            page.script(f"https://cdn.optimizely.com/public/24680135790/variant-{variant}.js", body=f"variant {variant}")
        page.cookie("optimizelyEndUserId", by="https://cdn.optimizely.com/js/24680135790.js")

    def _advertised(self, page: PageMade, chance: random.Random) -> None:
        if not self.ads:
            return
        server = "https://securepubads.g.doubleclick.net/tag/js/gpt.js"
        page.script(server, body="gpt")
        for advertiser in chance.sample(ADVERTISERS, 3):
            page.request(f"https://bid.{advertiser}/b?ord={chance.randrange(10**12)}", by=(server,))
            page.cookie(f"uid{chance.randrange(1000)}", domain=advertiser, by=server)
        if chance.random() < 0.4:
            creative = chance.choice(CREATIVES)
            page.script(f"https://{creative}/{chance.randrange(10**8)}/banner.js", body=str(chance.random()), by=(f"https://bid.{ADVERTISERS[0]}/b", server))

    def _paid(self, page: PageMade, chance: random.Random) -> None:
        page.script("https://js.stripe.com/v3/", body="stripe")
        page.frames.append(form.Frame(url=f"https://js.stripe.com/v3/elements-inner-card-{chance.randrange(10**6)}.html", parent=page.url, party="third"))
        page.forms.append(form.Form(action=f"https://www.{self.site}/checkout/pay", method="post", name="pay", fields=["text name", "email email"]))
