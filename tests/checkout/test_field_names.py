import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout import field_names, parsing

# A busy machine is no failure.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("labels", "names", "name"),
    [
        (["Card number"], [], "card.number"),
        ([], ["[name='cc-number']"], "card.number"),
        (["Kartennummer"], [], "card.number"),
        (["Security code"], [], "card.cvc"),
        ([], ["#cvv"], "card.cvc"),
        (["MM / YY"], [], "card.expiry"),
        (["Expiration month"], [], "card.month"),
        (["Ablaufdatum (Jahr)"], [], "card.year"),
        (["Name on card"], [], "card.name"),
        (["Gutscheincode"], [], "coupon.code"),
        (["Promo code"], ["#code"], "coupon.code"),
        (["E-Mail-Adresse"], [], "shipping.email"),
        ([], ["input#billingEmail"], "billing.email"),
        ([], ["[name='billing[first_name]']"], "billing.first_name"),
        (["Vorname"], [], "shipping.first_name"),
        (["Nachname"], [], "shipping.last_name"),
        (["Apartment, suite, etc."], [], "shipping.address_2"),
        (["Straße und Hausnummer"], [], "shipping.address"),
        (["PLZ"], [], "shipping.postcode"),
        (["Ville"], [], "shipping.city"),
        (["Country/Region"], [], "shipping.country"),
        (["Telefon"], [], "shipping.phone"),
        (["Password"], [], "login.password"),
        (["Quantity"], [], "cart.quantity"),
        (["Order notes"], [], "order.note"),
        (["Engraving"], ["#eng-1"], "field.engraving"),
        ([], ["#input_4711_9"], "field.value"),
        ([], [], "field.value"),
        (["Größe"], [], "field.grosse"),
    ],
)
def test_a_field_is_named_after_what_it_is_for(labels, names, name):
    assert field_names.propose(labels, names) == name


@calmly
@given(st.lists(st.text(max_size=60), max_size=3), st.lists(st.text(max_size=60), max_size=3))
def test_every_name_is_a_name_of_test_data(labels, names):
    name = field_names.propose(labels, names)
    assert parsing.names_in(f"{{{{{name}}}}}") == [name]
    taken = {name: "a", f"{name[:36]}_2": "b"}
    assert parsing.names_in(f"{{{{{field_names.free(name, 'c', taken)}}}}}") == [f"{name[:36]}_3"]


def test_the_same_value_keeps_its_name():
    assert field_names.free("a.b", "x", {"a.b": "x"}) == "a.b"
    assert field_names.free("a.b", "y", {"a.b": "x"}) == "a.b_2"
