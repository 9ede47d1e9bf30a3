"""The shop's policy pages: privacy, cookies, terms. Pure text."""

from __future__ import annotations

from demo.shop import layout
from demo.shop.variant import Variant

COOKIES = (
    ("kh_session, kh_basket", "Kesselhaus", "Keeps your basket and your way through the checkout.", "until you close the browser"),
    ("kh_currency, kh_seen, kh_intro", "Kesselhaus", "Remembers what you chose and what you have already read.", "up to one year"),
    ("_ga, _ga_KSLHAUS01", "Google Analytics", "Tells one visit from another when we count them.", "two years"),
    ("_fbp, fr", "Meta", "Lets us show our coffee to people who have been here.", "three months"),
    ("_hjSession_*, _hjSessionUser_*", "Hotjar", "Shows us where people get lost on our pages.", "up to one year"),
    ("li_sugr, bcookie, lidc", "LinkedIn", "Measures the advertisements that we place for offices.", "one year"),
    ("optimizelyEndUserId", "Optimizely", "Keeps you in the same arm of a test.", "six months"),
    ("intercom-id-*, intercom-session-*", "Intercom", "Finds your conversation with us again.", "nine months"),
    ("__stripe_mid, __stripe_sid", "Stripe", "Protects payments against fraud.", "one year"),
)

PRIVACY = (
    ("Who we are", "Kesselhaus Coffee Roastery is an invented shop. It exists to show what a monitored shop looks like, and it sells nothing to anybody."),
    (
        "What we know about you",
        "When you order, we take your name, your e-mail address and where the parcel should go. We keep them for as long as the tax office wants us to, "
        "which is ten years, and use them for nothing but your order. When you only look around, we keep the lines of our server's log for fourteen days.",
    ),
    (
        "Who else hears of it",
        "The carrier reads the address on the parcel. Our payment provider learns your card; we never do: its fields belong to a page of the provider's own. "
        "If you agree, Google, Meta, Hotjar and LinkedIn count your visit; you can take that back at any time under 'Cookies'.",
    ),
    (
        "How long",
        "Baskets are forgotten when you close the browser. Conversations with our support are deleted after two years. "
        "Everything else goes when its reason goes.",
    ),
    (
        "Your rights",
        "You may ask what we know, have it put right, have it deleted, take it with you, and object. You may also complain to the authority that watches us. "
        "Write to privacy@kesselhaus-demo.shop; a person answers, usually within three days.",
    ),
)
REVISED = (
    "Partners",
    "From now on we also share the contents of your basket and your e-mail address, in hashed form, with TikTok, which recognises you by them for 13 months.",
)
TERMS = (
    ("Orders", "An order is binding once we confirm it. Prices include value added tax."),
    ("Delivery", "We roast on Tuesdays and Thursdays and send the same day. Shipping costs €4.90 and is free from €39."),
    ("Sending back", "You may send coffee back within fourteen days, even an opened bag. We pay the postage."),
    ("Which law", "The law of the place where the chimney stands."),
)


def privacy(variant: Variant) -> str:
    sections = (*PRIVACY[:3], REVISED, *PRIVACY[3:]) if variant.privacy_revised else PRIVACY
    return _words("Privacy policy", _sections(sections), variant)


def cookies(variant: Variant) -> str:
    rows = "".join(f"<tr><td>{names}</td><td>{who}</td><td>{why}</td><td>{how_long}</td></tr>" for names, who, why, how_long in COOKIES)
    lead = "<p>Nothing but what the basket needs is kept before you agree. This is everything that may be kept once you do.</p>"
    return _words("Cookie policy", f"{lead}<table><tr><th>Names</th><th>Whose</th><th>What for</th><th>How long</th></tr>{rows}</table>", variant)


def terms(variant: Variant) -> str:
    return _words("Terms", _sections(TERMS), variant)


def _sections(sections: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"<h2>{title}</h2><p>{text}</p>" for title, text in sections)


def _words(title: str, words: str, variant: Variant) -> str:
    return layout.page(title=title, main=f'<article class="words"><h1>{title}</h1>{words}</article>', variant=variant, tags=False)
