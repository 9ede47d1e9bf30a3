"""Which e-mail addresses of a policy page stay readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scans.capture import dom
from scans.capture.redact import Redactor
from scans.capture.redact.roles import Taken, is_role


def policy_text(html: str, *secrets: str) -> tuple[str, str]:
    """The text of a policy page, and what is kept of the document."""
    redactor = Redactor(secrets)
    taken = Taken(html, secrets=secrets)
    redacted = redactor.document(taken.html)
    return taken.readable(dom.readable_text(redacted)), taken.masked(redacted)


@pytest.mark.parametrize(
    "local",
    ["privacy", "Datenschutz", "dsb", "DPO", "info", "kundenservice", "data-protection.eu", "support+gdpr", "info2", "hello", "data.protection.officer"],
)
def test_a_role_is_known(local):
    assert is_role(local)


@pytest.mark.parametrize("local", ["jane", "jane.support", "j.doe", "info.jane", "privacyjane", "1234", "", "-", "x"])
def test_a_person_is_no_role(local):
    assert not is_role(local)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Write to privacy@shop.example.", "Write to privacy@shop.example."),
        ("E-Mail: info1@shop24.example, or call", "E-Mail: info1@shop24.example, or call"),
        ("(dpo@shop.example)", "(dpo@shop.example)"),
        ("Mail <b>info&#64;shop.example</b>", "Mail info@shop.example"),
        ("Ask jane.doe@shop.example for it", "Ask {redacted}@shop.example for it"),
        ("mailto:jane.doe@shop.example", "{redacted}"),
        ("x=jane.doe@shop.example", "x={redacted}"),
    ],
)
def test_roles_stay_readable_and_of_persons_the_domain_does(written, read):
    text, _ = policy_text(f"<p>{written}</p>")
    assert text.replace("mailto:{redacted}", "{redacted}") == read


def test_what_is_kept_of_the_document_has_no_address():
    _, kept = policy_text('<p title="ask privacy@shop.example now">Write to privacy@shop.example</p><script>a = "to info@shop.example"</script>')
    assert "@" not in kept
    assert kept.count("{redacted}") == 3


def test_the_values_of_inputs_and_text_areas_do_not_come_back():
    text, kept = policy_text("<p>Hello</p><textarea> my mail is info@home.example </textarea><input value='x info@home.example'>")
    assert "home.example" not in text + kept


@pytest.mark.parametrize("secret", ["info@home.example", "Info@home.example", '{"mail":"info@home.example"}', "info%40home.example"])
def test_an_address_that_a_cookie_holds_is_hidden_whole(secret):
    text, kept = policy_text("<p>You are info@home.example</p>", secret)
    assert "home.example" not in text + kept


def test_a_page_cannot_write_the_sign_itself():
    text, _ = policy_text("<p>{address 0} {address} info@shop.example jane@shop.example</p>")
    assert text == "{address 0} {address} info@shop.example {redacted}@shop.example"


def test_very_many_addresses_are_hidden_as_everywhere():
    text, _ = policy_text("<p>" + " ".join(f"jane{'abcdefghij'[n % 10]}@s{n}.example" for n in range(500)) + "</p>")
    assert text.count("{redacted}@s") == 200
    assert text.count("{redacted}") == 500


@given(
    st.lists(st.sampled_from(["jane", "info", "@", "shop.example", " ", "<", ">", '"', "{address", " 0}", "=", "/", "?", "&#64;", ".", ":"]), max_size=30).map(
        "".join
    )
)
def test_no_person_is_left_whatever_stands_around(html):
    text, kept = policy_text(html)
    assert "jane@shop.example" not in text
    assert "@shop.example" not in kept.replace("{redacted}@", "@") or "@shop.example" in Redactor().document(html).replace("{redacted}@", "@")
