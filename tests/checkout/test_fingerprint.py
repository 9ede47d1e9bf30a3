import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout import fingerprint
from checkout.flow import Fingerprint

# A busy machine is no failure.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

BUTTON = {"tag": "button", "role": "button", "text": "Add to cart", "type": "submit"}
FIELD = {"tag": "input", "role": "textbox", "text": "Email", "type": "email", "name": "mail"}
ANY = st.builds(Fingerprint, **{name: st.text(max_size=90) for name in Fingerprint.__dataclass_fields__})


@pytest.mark.parametrize(
    ("recorded", "seen"),
    [
        (BUTTON, BUTTON),
        ({}, BUTTON),
        (BUTTON, BUTTON | {"text": "ADD TO  CART »"}),
        (BUTTON, BUTTON | {"text": "Add to cart (2)"}),
        (BUTTON, BUTTON | {"tag": "div", "type": ""}),
        (BUTTON, BUTTON | {"type": "button", "name": "add"}),
        (BUTTON | {"text": "Pay € 12.00"}, BUTTON | {"text": "Pay € 15.50"}),
        (BUTTON | {"text": ""}, BUTTON),
        (BUTTON | {"role": ""}, BUTTON),
        (FIELD, FIELD | {"text": "E-Mail *"}),
        (FIELD, FIELD | {"text": "Your e-mail address"}),
        (FIELD, FIELD | {"type": "text"}),
        (FIELD, FIELD | {"role": "combobox"}),
        (FIELD | {"name": ""}, FIELD | {"name": "another"}),
        (FIELD, FIELD | {"name": "another"}),
        (BUTTON | {"text": "a" * 80}, BUTTON | {"text": "a" * 120}),
    ],
)
def test_harmless_changes_are_no_drift(recorded, seen):
    assert fingerprint.differs(Fingerprint(**recorded), Fingerprint(**seen)) == ""


@pytest.mark.parametrize(
    ("recorded", "seen", "words"),
    [
        (BUTTON, {"tag": "a", "role": "link", "text": "Delete cart"}, 'a link called "Delete cart", recorded was a button called "Add to cart"'),
        (BUTTON, BUTTON | {"text": "Add to basket"}, 'a button called "Add to basket", recorded was a button called "Add to cart"'),
        (BUTTON, BUTTON | {"text": ""}, 'a button without words, recorded was a button called "Add to cart"'),
        (BUTTON, BUTTON | {"role": "link"}, 'a link called "Add to cart", recorded was a button called "Add to cart"'),
        (BUTTON | {"role": ""}, BUTTON | {"role": "", "tag": "a"}, 'a link called "Add to cart", recorded was a button called "Add to cart"'),
        (BUTTON | {"text": "×"}, BUTTON | {"text": "→"}, 'a button called "→", recorded was a button called "×"'),
        (FIELD, FIELD | {"type": "password"}, 'a text field of the type password called "Email", recorded was a text field of the type email called "Email"'),
        (FIELD, FIELD | {"name": "x", "text": "Phone"}, 'a text field called "Phone", recorded was a text field called "Email"'),
        (FIELD | {"text": ""}, FIELD | {"text": "", "name": "x"}, 'a text field with the name "x", recorded was a text field with the name "mail"'),
        (FIELD, FIELD | {"tag": "select", "role": "combobox"}, 'a choice called "Email", recorded was a text field called "Email"'),
        (
            {"tag": "img", "role": "img", "text": "x"},
            {"tag": "p", "role": "paragraph", "text": "x"},
            'a paragraph called "x", recorded was an image called "x"',
        ),
    ],
)
def test_another_element_is_told_in_words(recorded, seen, words):
    assert fingerprint.differs(Fingerprint(**recorded), Fingerprint(**seen)) == words


@calmly
@given(ANY)
def test_an_element_is_like_itself(element):
    assert fingerprint.differs(element, element) == ""


@calmly
@given(ANY, ANY)
def test_what_is_told_is_short(recorded, seen):
    assert len(fingerprint.differs(recorded, seen)) <= 700
