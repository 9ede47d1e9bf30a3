"""The pages on which the shop shows its coffee. Pure: a variant in, HTML out."""

from __future__ import annotations

import json

from demo.shop import layout
from demo.shop.catalogue import PRODUCTS, Product
from demo.shop.layout import STATIC
from demo.shop.variant import Variant

INTRO_SCRIPT = "document.cookie = 'kh_intro=1; path=/; secure; samesite=strict'; document.documentElement.classList.add('js');"


def home(variant: Variant) -> str:
    cards = "\n".join(_card(product) for product in PRODUCTS)
    before = f"""<section class="hero"><div><h1>Roasted where the boilers used to be.</h1>
<p>Six coffees, small batches, sent within the week. The steam is still ours.</p><a class="button" href="#coffee">See the coffee</a></div>
<img alt="Roasted this week" data-seal="{STATIC}/seal.svg" width="120" height="120"></section>
"""
    main = f"""<h2 id="coffee"><span class="ornament">❦</span> This week's coffee</h2>
<div class="grid" data-row>
{cards}
</div>
<section class="story" id="story"><div><h2>The boiler house</h2><p>For sixty years it heated a brewery. Then it stood empty, and then somebody found that
the chimney draws exactly as a roaster needs it to.</p><p class="dim" data-visits>&nbsp;</p></div>
<div><p>We roast on Tuesdays and Thursdays, by ear and by nose, and write down every batch: where it grew, how long it took, what went wrong.</p>
<p>What you order by noon is on its way by evening. What you do not like comes back, and we drink it ourselves.</p></div></section>"""
    after = f"<script>{INTRO_SCRIPT}</script>\n{_data(PRODUCTS[0])}\n{layout.carousel()}\n{layout.app()}"
    return layout.page(title="Coffee", main=main, variant=variant, experiment=True, before=before, after=after)


def product(chosen: Product, variant: Variant) -> str:
    others = "\n".join(_card(each) for each in PRODUCTS if each.slug != chosen.slug and each.kind == chosen.kind)
    notes = "".join(f"<li>{note}</li>" for note in chosen.notes)
    main = f"""<article class="detail"><img src="{STATIC}/bag/{chosen.slug}.svg" alt="A bag of {chosen.name}">
<div><p class="dim">{chosen.kind} · {chosen.origin}</p><h1>{chosen.name}</h1><ul class="notes">{notes}</ul><p>{chosen.text}</p>
<p class="price">{chosen.price} <small class="dim">for 250 g</small></p>
<form class="buy" method="post" action="/cart/add"><input type="hidden" name="product" value="{chosen.slug}">
<select name="quantity" aria-label="Quantity"><option>1</option><option>2</option><option>3</option></select>
<button id="add-to-basket">Add to basket</button></form>
<p class="dim"><span data-stock="{chosen.slug}">Some</span> left from this batch</p></div></article>
<h2>Also as {chosen.kind.lower()}</h2><div class="grid">{others}</div>"""
    return layout.page(title=chosen.name, main=main, variant=variant, experiment=True, after=f"{_data(chosen)}\n{layout.app()}")


def not_found(variant: Variant) -> str:
    return layout.page(title="Not here", main="<h2>This page has gone cold.</h2><p><a href='/'>Back to the coffee</a></p>", variant=variant, tags=False)


def _card(each: Product) -> str:
    return f"""<a class="product" href="/coffee/{each.slug}"><img src="{STATIC}/bag/{each.slug}.svg" alt="" width="400" height="480">
<div><b>{each.name} <span>{each.price}</span></b><small>{each.kind} · {", ".join(each.notes)}</small></div></a>"""


def _data(each: Product) -> str:
    offer = {"@type": "Offer", "price": f"{each.cents / 100:.2f}", "priceCurrency": "EUR"}
    described = {"@context": "https://schema.org", "@type": "Product", "name": each.name, "description": each.text, "offers": offer}
    return f'<script type="application/ld+json">{json.dumps(described)}</script>'
