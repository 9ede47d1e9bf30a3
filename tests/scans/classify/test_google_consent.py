from __future__ import annotations

import pytest

from scans.classify import google_consent

ALL_DENIED = dict.fromkeys(google_consent.SIGNALS, "denied")
ALL_GRANTED = dict.fromkeys(google_consent.SIGNALS, "granted")


@pytest.mark.parametrize(
    ("gcs", "gcd", "signals"),
    [
        ("G100", "", {"ad_storage": "denied", "analytics_storage": "denied"}),
        ("G111", "", {"ad_storage": "granted", "analytics_storage": "granted"}),
        ("G101", "", {"ad_storage": "denied", "analytics_storage": "granted"}),
        ("G1--", "", {}),
        ("", "13p3p3p2p5", ALL_DENIED),
        ("", "13q3q3q3q5", ALL_DENIED),
        ("", "13r3r3r3r5", ALL_GRANTED),
        ("", "11t1t1t1t5", ALL_GRANTED),
        ("", "13l3l3l3l1", {}),
        ("G100", "13r3p3l3l5", {"ad_storage": "granted", "analytics_storage": "denied"}),
        ("", "13v3u3n3m5", {"ad_storage": "granted", "analytics_storage": "denied", "ad_user_data": "granted", "ad_personalization": "denied"}),
        ("yes", "what", {}),
        ("G1111111", "13", {}),
    ],
)
def test_the_parameters_are_decoded_and_what_is_not_understood_is_left_out(gcs, gcd, signals):
    assert google_consent.decode(gcs=gcs, gcd=gcd) == signals


def test_a_later_hit_says_more_than_an_earlier():
    hits = ["https://www.google-analytics.com/g/collect?gcs=G100&v=2", "https://other.test/", "https://www.google-analytics.com/g/collect?gcs=G111"]
    assert google_consent.of_urls(hits) == {"ad_storage": "granted", "analytics_storage": "granted"}
