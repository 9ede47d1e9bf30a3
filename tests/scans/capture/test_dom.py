import pytest
from hypothesis import given
from hypothesis import strategies as st

from scans.capture import dom


def _page(body: str, *, head: str = "<title>Tea</title>") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def _lines(body: str, *, head: str = "") -> list[str]:
    return dom.normalise(_page(body, head=head)).split("\n")


def test_links_forms_headings_and_prices_are_kept_in_their_order():
    body = """
      <h1>Black <b>tea</b></h1><p>Only <span class="price">EUR 12.00</span> a pack</p>
      <a href="/cart">Cart</a>
      <form action="https://pay.example/go" method="POST"><input name="card" type="text" autocomplete="cc-number"><button name="buy">Buy</button></form>
      <img src="/tea.png" alt="A cup"><iframe src="https://js.stripe.com/v3/"></iframe>"""
    assert _lines(body, head="<title>Tea shop</title><meta name=description content='Fine tea'>") == [
        "title Tea shop",
        "meta description=Fine tea",
        "h1 Black tea",
        "text Only EUR 12.00 a pack",
        "a href=/cart",
        "text Cart",
        "form action=https://pay.example/go method=post",
        "input name=card type=text autocomplete=cc-number",
        "button name=buy",
        "text Buy",
        "img src=/tea.png alt=A cup",
        "iframe src=https://js.stripe.com/v3/",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Tea</p>", '<div class="css-1x2y3z"><div><p id="x9" style="color:red" data-v="1">Tea</p></div></div>'),
        ("<script nonce=a>one()</script><p>Tea</p>", "<p>Tea</p><script nonce=b>two()</script><style>p{}</style><!-- built at 12:00 -->"),
        ("<p>Sale ends 2026-03-02T12:30:00Z</p>", "<p>Sale ends 2026-03-03T09:15:10Z</p>"),
        ("<p>2 March 2026, 12:30</p>", "<p>13 April 2026, 09:05</p>"),
        ("<p>March 2nd, 2026</p>", "<p>May 13th, 2027</p>"),
        ("<p>2. März 2026</p>", "<p>4. Mai 2026</p>"),
        ("<p>02.03.2026 or 2/3/26</p>", "<p>12.12.2027 or 4/5/27</p>"),
        ("<p>3 hours ago</p>", "<p>4 days ago</p>"),
        ("<p>© 2025 Shop</p>", "<p>© 2026 Shop</p>"),
        ('<img src="/a/main.8f3a2c1d.png?v=1">', '<img src="/a/main.99aa77bb.png?v=2">'),
        ('<a href="/c?b=2&amp;a=1&amp;_=17#x">C</a>', '<a href="/c?a=1&amp;b=2">C</a>'),
        ('<input type="hidden" name="csrf" value="abc">', '<input type="hidden" name="csrf" value="def">'),
        ("<p>ref 8f3a2c1d-9e8f-4a6b-b5c4-3f9a8b7c6d5e</p>", "<p>ref 11aa22bb-9e8f-4a6b-b5c4-3f9a8b7c6d5e</p>"),
        ("<p>Tea   and\n more</p>", "<p>Tea and more</p>"),
        ('<meta name="csrf-token" content="a">', '<meta name="csrf-token" content="b">'),
    ],
)
def test_what_changes_by_itself_is_no_change(before, after):
    assert dom.normalise(_page(before)) == dom.normalise(_page(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>EUR 12.00</p>", "<p>EUR 13.00</p>"),
        ("<p>$1,299.00</p>", "<p>$1,199.00</p>"),
        ('<a href="/cart">C</a>', '<a href="https://evil.example/cart">C</a>'),
        ('<form action="/pay"></form>', '<form action="https://evil.example/pay"></form>'),
        ('<form method="post"></form>', '<form method="get"></form>'),
        ('<form action="/pay"></form>', '<form action="/pay" onsubmit="steal(this)"></form>'),
        ("<form><input name=card></form>", "<form><input name=card><input name=cvc></form>"),
        ("<h1>Tea</h1>", "<h2>Tea</h2>"),
        ("<p>Tea</p>", "<p>Coffee</p>"),
        ('<iframe src="https://js.stripe.com/v3/"></iframe>', '<iframe src="https://js.str1pe.example/v3/"></iframe>'),
        ("<button formaction=/a>Buy</button>", "<button formaction=/b>Buy</button>"),
        ('<meta http-equiv="refresh" content="5;url=/a">', '<meta http-equiv="refresh" content="5;url=/b">'),
        ('<a href="/p?id=1">P</a>', '<a href="/p?id=2">P</a>'),
        ("<p>1</p><p>2</p>", "<p>2</p><p>1</p>"),
    ],
)
def test_what_a_shop_owner_would_want_to_know_is_a_change(before, after):
    assert dom.normalise(_page(before)) != dom.normalise(_page(after))


def test_a_picture_inside_the_page_is_named_not_quoted():
    assert _lines('<img src="data:image/png;base64,iVBORw0KGgo=" alt="dot">') == ["img src=data: alt=dot"]


def test_a_page_nested_without_end_is_read_in_the_end():
    deep = "<div>" * 200_000 + "<p>Bottom</p>" + "</div>" * 200_000 + "<p>After</p>"
    assert dom.normalise(_page(deep)).endswith("text After")
    assert dom.readable_text(_page(deep)).endswith("After")


@pytest.mark.parametrize("tag", ['<div ">', "<div a=='>", "<div b=<c>", "<br\u00a0>", "<!-->x<div>", "<title-x>", f"<div{' a' * 600} b='</div></div>'>"])
def test_no_way_to_write_a_tag_hides_how_deep_it_is(tag):
    node, depth = dom._parsed(tag * 2_000).body, 0
    while node and (node := node.first_child):
        depth += 1
    assert depth <= dom.DEEPEST


@pytest.mark.parametrize("html", ["<a" * 150_000 + " <", "<a " * 100_000, "<a " + "b='c' " * 50_000, "<a '\"" * 75_000, "<!--" * 75_000])
def test_no_document_is_read_again_and_again(html):
    """Read again from each of its tags, one of these would take longer than a test may."""
    dom.normalise(html)


def test_markup_named_inside_scripts_does_not_count_as_nesting():
    assert _lines(f"<script>{'<div>' * 5_000}</script><p>Tea</p>") == ["text Tea"]


@given(st.text(st.characters(exclude_categories=()), max_size=400))
def test_no_document_is_too_strange(html):
    assert dom.normalise(html) == dom.normalise(html)
    dom.readable_text(html)
    dom.count_nodes(html)


def test_an_empty_document_has_no_lines():
    assert dom.normalise("") == ""
    assert dom.readable_text("") == ""


def test_a_policy_is_read_as_its_paragraphs():
    body = """<header>Shop</header><nav><a href=/>Home</a></nav>
      <main><h1>Privacy</h1><p>We use <b>cookies</b> to count
      visits.</p><ul><li>You may refuse.</li></ul><p>Last updated 1 March 2026</p></main>
      <div role="dialog">Accept all cookies?</div><footer>© 2026</footer><script>x()</script>"""
    assert dom.readable_text(_page(body)) == "Privacy\nWe use cookies to count visits.\nYou may refuse.\nLast updated 1 March 2026"


def test_a_policy_without_a_main_part_is_read_whole_without_its_surroundings():
    body = "<nav>Home</nav><div><h1>Privacy</h1><div><p>One.</p><p>Two.</p></div></div><aside>News</aside>"
    assert dom.readable_text(_page(body)) == "Privacy\nOne.\nTwo."


def test_an_article_that_is_only_a_teaser_is_not_taken_for_the_policy():
    body = f"<article>Read more</article><div><h1>Privacy</h1>{'<p>We keep nothing.</p>' * 20}</div>"
    assert dom.readable_text(_page(body)).count("We keep nothing.") == 20


def test_a_policy_that_lies_wholly_in_a_form_is_still_read():
    assert dom.readable_text(_page("<form><p>Terms of sale</p></form>")) == "Terms of sale"


def test_elements_are_counted():
    assert dom.count_nodes(_page("<p>a<b>c</b></p>")) == 6
