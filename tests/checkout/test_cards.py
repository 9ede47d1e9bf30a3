import contextlib
import random
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout import cards

# A busy machine is no failure.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# First digits and length, as issued: Visa, Mastercard, American Express, Diners Club, Discover, JCB, UnionPay, Maestro, Mir, RuPay, Troy, Elo, ...
ISSUED = [
    *(("453201", 16), ("491748", 16), ("402400", 16), ("448562", 16), ("471604", 13), ("492912", 13), ("455673", 19), ("417500", 16)),
    *(("510510", 16), ("525678", 16), ("534561", 16), ("547890", 16), ("552433", 16), ("222300", 16), ("240012", 16), ("271999", 16)),
    *(("341234", 15), ("371449", 15), ("300012", 14), ("305123", 16), ("360012", 14), ("380012", 14), ("601100", 16), ("644123", 16)),
    *(("650012", 19), ("352812", 16), ("358912", 16), ("621234", 16), ("623456", 19), ("627700", 17), ("501812", 16), ("563812", 18)),
    *(("675940", 19), ("639012", 16), ("676123", 13), ("220012", 16), ("508500", 16), ("979200", 16), ("636368", 16), ("606282", 16)),
]
BETWEEN = ["", " ", "-", "\u00a0", " - ", "\u2009", "\u2013", ".", "\u200b", "%20", "%2520", "&nbsp;"]
SCRIPTS = ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩"]


def check_digit(body):
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))]
    return str(-sum(each - 9 if each > 9 else each for each in doubled) % 10)


def digits(chance, many):
    return "".join(chance.choice("0123456789") for _ in range(many))


def a_number(chance, first, length):
    while True:
        body = first + digits(chance, length - len(first) - 1)
        number = body + check_digit(body)
        if number not in cards.numbers() and not article_number(number):
            return number


def article_number(number):
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number))
    return len(number) == 13 and number[0] != "4" and weighted % 10 == 0


def written(chance, number):
    """As people and programs write numbers: in groups, in other scripts, in a sentence."""
    between, script = chance.choice(BETWEEN), chance.choice(SCRIPTS)
    sizes = chance.choice([(4, 4, 4, 4, 3), (4, 6, 9), (6, 13), (1,) * 19, (19,)])
    groups, at = [], 0
    for size in sizes:
        groups.append(number[at : at + size].translate(str.maketrans("0123456789", script)))
        at += size
    text = between.join(group for group in groups if group)
    return chance.choice(["{}", " {} ", "card {}", "card:{}, 12/29", "PAN{}X", "a 12 {} 34 b", '{{"n": "{}"}}']).format(text)


def others(chance):
    """Texts of a shop with many digits that are no cards."""
    article = digits(chance, 12)
    article += str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(article)) % 10)
    account = digits(chance, 18)
    iban = f"DE{98 - int(account + '131400') % 97:02d}{account}"
    return chance.choice(
        [
            lambda: f"#{digits(chance, 6)}",
            lambda: f"2026-{digits(chance, 6)}",
            lambda: f"{chance.randrange(10**12, 10**13)}",
            lambda: f"30{digits(chance, 1)}-{digits(chance, 7)}-{digits(chance, 7)}",
            lambda: f"+49 15{digits(chance, 1)} {digits(chance, 8)}",
            lambda: f"+4915{digits(chance, 9)}",
            lambda: f"0{digits(chance, 10)}",
            lambda: f"+1 ({digits(chance, 3)}) {digits(chance, 3)}-{digits(chance, 4)}",
            lambda: article,
            lambda: iban,
            lambda: " ".join(iban[place : place + 4] for place in range(0, 22, 4)),
            lambda: f"{chance.randrange(1_600_000_000_000, 1_900_000_000_000)}",
            lambda: f"2026-11-{chance.randrange(10, 30)} {chance.randrange(10, 24)}:00:{chance.randrange(10, 60)}.{digits(chance, 6)}",
            lambda: f"202611{chance.randrange(10, 30)}{digits(chance, 6)}",
            lambda: str(uuid.UUID(int=chance.getrandbits(128))),
        ]
    )()


def test_real_numbers_are_found_however_they_are_written():
    chance = random.Random(20)
    tried = [(number, written(chance, number)) for _ in range(50) for number in (a_number(chance, *issued) for issued in ISSUED)]
    assert (len(tried), len(ISSUED)) == (2000, 40)
    assert [text for _, text in tried if not cards.real_number_in(text)] == []


def test_real_numbers_are_refused_in_every_field_without_being_repeated():
    chance = random.Random(21)
    for issued in ISSUED:
        number = a_number(chance, *issued)
        for data in (
            {"steps": [{"value": number}]},
            {number: 1},
            {"a": {number: {"b": number}}},
            [int(number)],
            number,
            {"a": f"https://shop.test/?n={number}"},
        ):
            with pytest.raises(cards.RealCard) as refused:
                cards.refuse(data, where="test")
            assert number[:6] not in str(refused.value)


@pytest.mark.parametrize("between", BETWEEN[:-3])
@pytest.mark.parametrize("script", SCRIPTS)
def test_published_test_numbers_are_accepted(between, script):
    for number in cards.numbers():
        text = between.join(number[place : place + 4] for place in range(0, len(number), 4)).translate(str.maketrans("0123456789", script))
        assert cards.is_test_number(text)
        assert not cards.real_number_in(text)
        cards.refuse({"card.number": text, "note": f"{text} 12/29 123"})


def test_the_list_has_a_number_that_fails_the_check_digit():
    failing = [number for number in cards.numbers() if check_digit(number[:-1]) != number[-1]]
    assert failing == ["6222988812340000"]
    assert cards.is_test_number("6222 9888 1234 0000")


def test_each_test_number_has_a_source():
    assert len(cards.numbers()) == 129
    assert [number for number, sources in cards.numbers().items() if "[" not in sources] == []


def test_other_numbers_of_a_shop_pass():
    chance = random.Random(22)
    wrong = [text for text in (others(chance) for _ in range(10_000)) if cards.real_number_in(text)]
    assert len(wrong) <= 50, wrong


def test_a_real_number_beside_a_test_number_is_found():
    real = a_number(random.Random(23), "453201", 16)
    assert cards.real_number_in(f"4242 4242 4242 4242 {real}")
    assert cards.real_number_in(f"{real} 4242424242424242")


def test_what_follows_a_test_number_is_no_part_of_it():
    assert not any(
        cards.real_number_in(f"4242 4242 4242 4242 {month:02d} {year} {cvc}") for month in range(1, 13) for year in range(26, 36) for cvc in (123, 987)
    )


def test_a_card_field_takes_only_published_numbers():
    """Even a number that fails its check digit: it may be a real one with a typing error."""
    with pytest.raises(cards.RealCard, match="no published test number"):
        cards.refuse({"card.number": "4532 0151 1283 0367"})
    cards.refuse({"card.number": "{{card.number}}", "card.cvc": "123", "note": "4532 0151 1283 0367"})


def test_the_place_is_named():
    real = a_number(random.Random(24), "510510", 16)
    with pytest.raises(cards.RealCard, match=r"^the file\.steps\[1\]\.value holds"):
        cards.refuse({"steps": [{}, {"value": real}]}, where="the file")


@calmly
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_json_can_be_walked(data):
    with contextlib.suppress(cards.RealCard):
        cards.refuse(data)


@calmly
@given(st.text(st.sampled_from("0123456789 -.４\u00a0x"), max_size=200))
def test_any_text_can_be_read(text):
    assert cards.real_number_in(text) in (True, False)


@pytest.mark.parametrize("piece", ["4", "4 ", "44 ", "4444444444444 ", "444444444444x", "４ ", "4---", "4----", "4242424242424242 ", "DE89 3704 ", "%34"])
def test_a_megabyte_made_to_be_slow_is_read_to_its_end(piece):
    """Bounded by the time limit that every test has; the work grows with the length and not faster."""
    assert not cards.real_number_in(piece * (1_000_000 // len(piece)))
