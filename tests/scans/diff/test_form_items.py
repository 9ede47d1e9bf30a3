"""Forms and frames as things that stay the same while they do, and what is said when one of them posts or comes from elsewhere."""

from __future__ import annotations

from itertools import count

from scans.snapshot import Frame
from tests.scans.diff.loads import CHECKOUT, checkout, form, judged, load, page, request, told

SEARCH, PAY = form("https://shop.example/search", "text q"), form("https://shop.example/pay", "text card")
NEWSLETTER = form("https://shop.example/newsletter", "email e")


def test_a_token_in_the_path_of_a_form_covers_for_no_other_host():
    number = count()

    def before():
        return load(checkout(forms=[form(f"https://shop.example/checkout/tok{next(number)}/pay", "text card", name="pay")]))

    found = told(before, lambda: load(checkout(forms=[form("https://evil-pay.net/x", "text card", name="pay")])))
    assert found == [("critical", "form.goes_elsewhere_on_payment_page")]


def test_a_form_that_posts_elsewhere_is_told_on_any_page():
    found = told(lambda: load(page(forms=[form("https://shop.example/a", name="a")])), lambda: load(page(forms=[form("https://evil-pay.net/a", name="a")])))
    assert found == [("high", "form.goes_elsewhere")]


def test_a_form_without_a_name_is_the_same_wherever_it_stands():
    found = judged(lambda: load(checkout(forms=[SEARCH, PAY])), lambda: load(checkout(forms=[NEWSLETTER, SEARCH, PAY])))
    assert found == [("medium", "form.comes_or_goes_on_payment_page")]


def test_a_form_without_a_name_that_posts_elsewhere_is_told():
    found = told(lambda: load(checkout(forms=[SEARCH, PAY])), lambda: load(checkout(forms=[SEARCH, form("https://evil-pay.net/x", "text card")])))
    assert found[0] == ("critical", "form.new_of_never_seen_party_on_payment_page")
    same_path = told(lambda: load(checkout(forms=[PAY])), lambda: load(checkout(forms=[form("https://evil-pay.net/pay", "text card")])))
    assert same_path == [("critical", "form.goes_elsewhere_on_payment_page")]


def test_one_of_several_forms_of_one_name_cannot_leave_unseen():
    own = [form(f"https://shop.example/pay{number}", name="payment") for number in range(4)]
    found = told(lambda: load(checkout(forms=own)), lambda: load(checkout(forms=[*own[:3], form("https://evil-pay.net/x", name="payment")])))
    assert found == [("critical", "form.goes_elsewhere_on_payment_page")]


def test_words_of_machines_in_the_names_of_fields_are_no_change():
    def fields(token):
        return lambda: load(checkout(forms=[form("https://shop.example/pay", f"hidden csrf_{token}", "text card")]))

    assert judged(fields("3f9a1b2c4d5e6f708192a3b4c5d6e7f8"), fields("9c8b7a6f5e4d3c2b1a09f8e7d6c5b4a3")) == []


def test_a_form_to_a_party_that_other_pages_know_is_told_on_a_payment_page():
    known = page(requests=[request("https://mail.vendor.test/a.js")])
    found = told(lambda: load(known, checkout()), lambda: load(known, checkout(forms=[form("https://mail.vendor.test/join", "email e")])))
    assert ("high", "form.new_to_third_party_on_payment_page") in found


def test_a_frame_of_the_site_itself_on_a_payment_page_is_looked_at():
    frame = Frame(url="https://shop.example/media/card.html", parent=CHECKOUT, party="first")
    assert told(lambda: load(checkout()), lambda: load(checkout(frames=[frame]))) == [("medium", "form.comes_or_goes_on_payment_page")]
    assert judged(lambda: load(checkout(frames=[frame])), lambda: load(checkout())) == [("low", "form.own_frame_gone")]
    assert judged(lambda: load(page()), lambda: load(page(frames=[frame]))) == []
