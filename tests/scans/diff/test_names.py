"""Which names of cookies and storage keys are one thing."""

from __future__ import annotations

import pytest

from scans.diff import names

MD5 = "0123456789abcdef0123456789abcdef"
UUID = "0a1b2c3d-0000-4000-8000-00000000000a"


@pytest.mark.parametrize(
    ("name", "templated"),
    [
        ("_ga", "_ga"),
        ("_gid", "_gid"),
        ("_ga_ABC123XYZ", "_ga_*"),
        ("_gat_UA-1234-1", "_gat_*"),
        ("_gat", "_gat"),
        ("_hjSession_1234567", "_hjSession_*"),
        ("_hjSessionUser_1234567", "_hjSessionUser_*"),
        ("_pk_id.1.abcd", "_pk_id.*"),
        ("_pk_ses.2.1fff", "_pk_ses.*"),
        ("AMCV_ABCDEF0123456789%40AdobeOrg", "AMCV_*"),
        ("AMCVS_ABCDEF0123456789%40AdobeOrg", "AMCVS_*"),
        ("amp_a1b2c3", "amp_*"),
        (f"mp_{MD5}_mixpanel", "mp_*_mixpanel"),
        ("ph_phc_AbC123_posthog", "ph_*_posthog"),
        (f"wp_woocommerce_session_{MD5}", "wp_woocommerce_session_*"),
        (f"wordpress_logged_in_{MD5}", "wordpress_logged_in_*"),
        (f"wordpress_sec_{MD5}", "wordpress_sec_*"),
        (f"PrestaShop-{MD5}", "PrestaShop-*"),
        (f"SSESS{MD5}", "SSESS*"),
        (f"remember_web_{MD5}01234567", "remember_web_*"),
        ("TS01a2b3c4", "TS*"),
        ("BIGipServerpool_web", "BIGipServer*"),
        ("ASPSESSIONIDABCDEFGH", "ASPSESSIONID*"),
        ("incap_ses_123_456789", "incap_ses_*"),
        ("visid_incap_456789", "visid_incap_*"),
        ("intercom-id-a1b2c3d4", "intercom-id-*"),
        ("AWSALB", "AWSALB"),
        ("PHPSESSID", "PHPSESSID"),
        ("form_key", "form_key"),
        ("_shopify_y", "_shopify_y"),
        (f"thing-{UUID}", "thing-*"),
        (f"thing_{MD5}", "thing_*"),
        ("thing_{redacted}", "thing_*"),
        ("thing_123456", "thing_123456"),
        ("rc::d-1699999999123", "rc::d-*"),
        ("amp_settings", "amp_settings"),
        ("thing-9999999999123", "thing-9999999999123"),
        ("mage-cache-storage", "mage-cache-storage"),
        ("tracking-preferences-accepted-version", "tracking-preferences-accepted-version"),
        ("", ""),
    ],
)
def test_a_name_is_told_without_what_changes_in_it(name, templated):
    assert names.cookie(name) == templated
    assert names.storage(name) == templated


def test_a_hostile_name_is_told_too():
    assert len(names.cookie("a-" * 100_000)) <= names.LONGEST
