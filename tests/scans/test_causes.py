from types import SimpleNamespace

import pytest

from scans import causes


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        ([], ""),
        (["https://shop.test/"], ""),
        (["https://cdn.test/a.js", "https://shop.test/"], "cdn.test"),
        (["https://cdn.test/a.js", "https://www.googletagmanager.com/gtm.js?id=GTM-XYZ99", "https://shop.test/"], "GTM-XYZ99"),
        (["http://[broken", "https://shop.test/"], ""),
    ],
)
def test_the_cause_in_one_word(chain, words):
    assert causes.cause_of(SimpleNamespace(chain=chain, about={})) == words


def test_a_thing_is_not_its_own_cause():
    chain = ["https://cdn.test/a.js", "https://shop.test/"]
    assert causes.cause_of(SimpleNamespace(chain=chain, about={"url": "https://cdn.test/a.js"})) == ""
