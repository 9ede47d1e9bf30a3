import pytest

from checkout import discount


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        ("Discount −€5.00", ""),
        ("SAVE10 −5,00 €", "save10"),
        ("10% off", ""),
        ("SAVE10", "SAVE10"),
        ("Summer sale: -100 %", "summer sale"),
        ("-$0.50 X0", "X0"),
    ],
)
def test_an_amount_or_a_percentage_says_that_it_is_applied(seen, text):
    assert discount.is_applied(seen, text)


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        *(("", ""), ("", "SAVE10"), ("Discount", ""), ("Discount −€0.00", ""), ("0% off", ""), ("SAVE10 −€0.00", "SAVE10"), ("−€5.00", "SAVE10")),
        *(("SAVE10 is invalid", "SAVE10"), ("Der Gutschein 10% ist abgelaufen", ""), ("SAVE10 no longer applies −€5.00", "SAVE10")),
    ],
)
def test_without_one_or_with_a_refusal_it_is_not(seen, text):
    assert not discount.is_applied(seen, text)
