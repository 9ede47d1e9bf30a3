"""What every answer carries and what is refused at the threshold, with the settings that production has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.urls import include, path

from accounts.access import public_view
from tests.factories import make_membership, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "TRACEFOX_SECRET_KEY": "a-key-for-tests-only-" + "".join(chr(33 + n) for n in range(60)),
    "TRACEFOX_PASSWORD_PEPPER": "a-pepper-for-tests-only",
    "TRACEFOX_API_KEY_PEPPER": "another-pepper-for-tests-only",
    "TRACEFOX_VAULT_KEYS": "test:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "TRACEFOX_EMAIL_URL": "smtp+tls://user:secret@mail.example:587",
}
PRODUCTION = {"TRACEFOX_ENV": "production", "TRACEFOX_HOSTS": "tracefox.example", "TRACEFOX_ORIGIN": "https://tracefox.example"} | SECRETS
NAMES = ("SESSION_COOKIE", "CSRF_", "SECURE_", "X_FRAME", "CONTENT_SECURITY", "ALLOWED_HOSTS", "DATA_UPLOAD", "DEBUG", "PASSWORD_BCRYPT")
CSP = {
    *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'", "font-src 'self'", "form-action 'self'"),
    *("base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'", "media-src 'self'"),
}


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("The secret is 4711.")


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("breaks/", public_view(breaks)),
    path("echo/", public_view(echo)),
    path("api/v1/echo/", public_view(echo)),
]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def production_settings() -> dict[str, object]:
    program = f"import json; from tracefox import settings; print(json.dumps({{k: v for k, v in vars(settings).items() if k.startswith({NAMES})}}))"
    done = run("-c", program, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    read: dict[str, object] = json.loads(done.stdout)
    return read


@pytest.fixture
def browser(settings, production_settings) -> Browser:
    for name, value in production_settings.items():
        setattr(settings, name, value)
    return Browser(SERVER_NAME="tracefox.example", raise_request_exception=False, enforce_csrf_checks=True)


PLACES = [
    ("get", "/accounts/login/", 200),
    ("get", "/", 302),
    ("get", "/nothing/here/", 404),
    ("post", "/accounts/login/", 403),
    ("get", "/breaks/", 500),
    ("get", "/static/tracefox/base.css", 200),
    ("get", "/static/tracefox/nothing.css", 404),
    ("get", "/api/v1/echo/", 200),
]


@pytest.mark.parametrize(("method", "place", "status"), PLACES)
def test_every_answer_carries_the_headers(browser, method, place, status):
    response = getattr(browser, method)(place, secure=True)
    response.close()  # a static file is open until it was sent
    assert response.status_code == status
    assert set(response["Content-Security-Policy"].split("; ")) == CSP
    assert response["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Permissions-Policy"].startswith("accelerometer=(), ")
    assert "*" not in response["Permissions-Policy"]
    if "/static/" not in place:
        assert "no-store" in response["Cache-Control"]
        assert response.get("X-Frame-Options", "DENY") == "DENY"


def test_an_error_page_says_nothing_about_the_error(browser):
    page = browser.get("/breaks/", secure=True).content.decode()
    assert "4711" not in page
    assert "RuntimeError" not in page


@pytest.mark.parametrize("place", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/breaks/", "/nothing/"])
def test_no_page_needs_more_than_the_policy_allows(browser, place):
    page = browser.get(place, secure=True).content.decode()
    for inline in ("<style", " style=", " onclick=", " onload=", "javascript:", "http://", "//cdn"):
        assert inline not in page


def test_cookies_are_for_this_host_over_tls_and_out_of_reach_of_scripts(browser):
    person = make_user(email="anna@agency.test", password="correct horse battery staple")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    form = browser.get("/accounts/login/", secure=True)
    token = form.context["csrf_token"]
    fields = {"login": "anna@agency.test", "password": "correct horse battery staple", "csrfmiddlewaretoken": token}
    response = browser.post("/accounts/login/", fields, secure=True, headers={"Referer": "https://tracefox.example/accounts/login/"})
    assert response.status_code == 302
    assert set(response.cookies) == {"__Host-sid", "__Host-csrf"}
    for cookie in response.cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, True, "Lax", "/", "")


def test_the_cost_of_a_password_in_production_is_twelve(browser):
    assert make_password("correct horse battery staple").startswith("bcrypt_hmac_sha384$$2b$12$")


def test_a_page_in_plain_text_moves_to_tls(browser):
    response = browser.get("/accounts/login/?next=/x")
    assert (response.status_code, response["Location"]) == (301, "https://tracefox.example/accounts/login/?next=/x")


def test_the_api_in_plain_text_is_refused(browser):
    response = browser.get("/api/v1/echo/")
    assert response.status_code == 403
    assert "TLS only" in response.content.decode()


@pytest.mark.parametrize("header", ["X-Forwarded-Proto", "X-Forwarded-Ssl", "X-Forwarded-Host", "X-Url-Scheme"])
def test_a_visitor_cannot_claim_to_come_over_tls(browser, header):
    value = {"X-Forwarded-Ssl": "on", "X-Forwarded-Host": "evil.example"}.get(header, "https")
    response = browser.get("/accounts/login/", headers={header: value})
    assert (response.status_code, response["Location"]) == (301, "https://tracefox.example/accounts/login/")


@pytest.mark.parametrize("host", ["evil.example", "tracefox.example.evil.example", "tracefox.example@evil.example", "[::1]", "127.0.0.1"])
def test_another_host_name_is_refused(browser, host):
    assert browser.get("/accounts/login/", secure=True, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    ("site", "status"), [(None, 403), ("same-origin", 403), ("none", 403), ("same-site", 403), ("cross-site", 403), ("", 403), ("nonsense", 403)]
)
def test_without_a_token_nothing_is_changed_wherever_the_request_comes_from(browser, site, status):
    headers = {} if site is None else {"Sec-Fetch-Site": site}
    assert browser.post("/echo/", {"a": "1"}, secure=True, headers=headers).status_code == status


@pytest.mark.parametrize(("site", "status"), [(None, 200), ("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403), ("nonsense", 403)])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_with_a_token_only_our_own_pages_change_something(browser, site, status, method):
    browser.handler.enforce_csrf_checks = False
    headers = {} if site is None else {"Sec-Fetch-Site": site}
    assert getattr(browser, method)("/echo/", secure=True, headers=headers).status_code == status


def test_links_from_elsewhere_may_be_followed(browser):
    assert browser.get("/accounts/login/", secure=True, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_programs_in_other_peoples_pages_may_use_the_api(browser):
    browser.handler.enforce_csrf_checks = False
    assert browser.post("/api/v1/echo/", secure=True, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(("size", "status"), [(1024 * 1024, 200), (1024 * 1024 + 1, 413)])
@pytest.mark.parametrize("place", ["/echo/", "/api/v1/echo/"])
def test_a_body_may_have_one_megabyte(browser, place, size, status):
    browser.handler.enforce_csrf_checks = False
    assert browser.post(place, b"x" * size, content_type="text/plain", secure=True).status_code == status


@pytest.mark.parametrize("length", ["-1", "1e9", "ten", "²"])
def test_a_nonsensical_length_is_refused(browser, length):
    assert browser.generic("POST", "/api/v1/echo/", secure=True, CONTENT_LENGTH=length).status_code == 413


def test_a_page_for_a_member_is_kept_by_no_cache(browser):
    person = make_membership().user
    browser.force_login(person)
    response = browser.get("/", secure=True)
    assert response["Cache-Control"] == "no-store"
    assert "Cookie" in response["Vary"]


def test_the_framework_finds_nothing_to_complain_about_in_production():
    storage = {name: os.environ[name] for name in ("S3_ENDPOINT_URL", "S3_BUCKET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION, **storage)
    assert done.returncode == 0, done.stderr
    assert not re.search("^(WARNINGS|ERRORS|CRITICALS):", done.stderr + done.stdout, re.MULTILINE)


@pytest.mark.parametrize("missing", list(SECRETS))
def test_production_does_not_start_without_its_secrets(missing):
    done = run("-c", "import tracefox.settings", **{name: value for name, value in PRODUCTION.items() if name != missing})
    assert done.returncode != 0
    assert f"{missing} is not set" in done.stderr


def test_production_does_not_start_with_a_setting_for_tests():
    done = run("-c", "import tracefox.settings", **PRODUCTION, TRACEFOX_EGRESS_HOSTS="/tmp/hosts")
    assert "TRACEFOX_EGRESS_HOSTS" in done.stderr


def test_production_never_shows_its_insides(production_settings):
    assert production_settings["DEBUG"] is False
    assert production_settings["ALLOWED_HOSTS"] == ["tracefox.example"]
