"""Secrets are planted wherever a page can hold one: in its markup, its headers, and what it learns while it runs. A real scan stores what it saw; then every
stored object is opened, and every row, log line and message is searched for them: as they are, in base64, in hex and with percent signs."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any
from urllib.parse import quote

import pytest
import redis
from django.db import connection
from django.utils import timezone

from demo.web import Hit, Reply, Web
from scans import claims, pipeline, store, tasks
from scans.models import Evidence, Page, Scan
from tests.factories import make_site
from tracefox import blobs
from tracefox.celery import app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOST, THIRD = "www.canary-shop.test", "px.canary-ads.test"
OFFICE = "privacy@canary-shop.test"  # no secret: whom to write to is part of a policy

CANARIES = {
    "cookie by header": "hdrCookie7Q9xK2mVb81",
    "cookie by header, HttpOnly": "hdrOnly4Zt6Lw8Rj55",
    "cookie by script": "jsCookie3Wn5Pc7Ys20",
    "cookie of a third party": "thirdCk9Hf1Dk6Mu33",
    "local storage": "localSt2Vb8Nq4Xe77",
    "session storage": "sessSt6Gj3Tz9La44",
    "database name's value": "idbVal5Rm7Cx2Wp88",
    "query": "tokQuery8Kd4Sf6Bh19",
    "path": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.q3Zx8Lk2Vn5Tt7Yw",
    "header sent": "bearer1Xc9Vg5Jm62",
    "header received": "hdrRecv4Ln2Qz8Ke31",
    "body sent": "postBody7Tf3Wr9Ub24",
    "beacon": "beacon5Md1Hs6Zc90",
    "WebSocket address": "wsToken2Py7Ek4Gn58",
    "input": "inputVal9Jb3Ur5Xd47",
    "hidden input": "csrfTok6Vh8Nw1Ta29",
    "text area": "textArea4Fk7Zm3Qs85",
    "e-mail": "jane.canary@private-mail.example",
    "e-mail in an address": "john.canary@private-mail.example",
    "card": "4012 8888 8888 1881",
    "IBAN": "DE89 3704 0044 0532 0130 00",
    "phone": "+49 171 5550 4711",
    "console": "mary.canary@private-mail.example",
    "exception": "paul.canary@private-mail.example",
    "redirect": "redirTok3Gy6Bv9Lp12",
    "frame's address": "frameTok8Sn4Kx2Jr66",
    "worker's address": "workTok1Qe5Uz7Hd38",
    "form's target": "formTok9Cw2Mt6Vf73",
    "fragment": "fragTok5Nx8Rb3Ly14",
    "user of an address": "userinfo7Kp4Zs1Wg92",
}


def home(hit: Hit) -> Reply:
    c = CANARIES
    body = f"""<!doctype html><html><head><title>Shop of {c["e-mail"]}</title></head><body><h1>Shop</h1>
    <p>Write to {OFFICE} or {c["e-mail"]}, call {c["phone"]}, pay to {c["IBAN"]} or with {c["card"]}.</p>
    <form action="/send?session={c["form's target"]}" method=post><input value="{c["input"]}"><input type=hidden name=csrf value="{c["hidden input"]}">
    <textarea>{c["text area"]}</textarea></form><a href="https://{c["user of an address"]}:pw@{HOST}/me">me</a>
    <iframe src="/frame?access_token={c["frame's address"]}"></iframe><img src="/go?auth={c["redirect"]}">
    <script>
    document.cookie = "visitor={c["cookie by script"]}; path=/";
    localStorage.setItem("profile", "{c["local storage"]}"); sessionStorage.setItem("draft", "{c["session storage"]}");
    const echo = document.cookie.split("visitor=")[1].split(";")[0];
    new Image().src = "https://{THIRD}/p.gif?cid=" + echo + "&b=" + btoa(echo);
    fetch("/whoami.json").then((answer) => answer.json()).then((me) => {{
      indexedDB.open("shop").onupgradeneeded = (e) => e.target.result.createObjectStore("s").put(me["database name's value"], 1);
      new Image().src = "https://{THIRD}/q.gif?x=1#" + me["fragment"];
      fetch("/api?token=" + me["query"], {{headers: {{Authorization: "Bearer " + me["header sent"]}}}});
      fetch("/u/" + me["path"] + "/" + me["e-mail in an address"]);
      fetch("/save", {{method: "POST", body: me["body sent"]}});
      navigator.sendBeacon("/beacon?sid=" + me["beacon"], me["beacon"]);
      new WebSocket("wss://{HOST}/ws?token=" + me["WebSocket address"]);
      new Worker("/worker.js?key=" + me["worker's address"]);
      console.log("user is " + me["console"]);
      throw new Error("no such user " + me["exception"]);
    }});
    </script></body></html>"""
    cookies = [("Set-Cookie", f"sid={c['cookie by header']}; Path=/; Secure"), ("Set-Cookie", f"auth={c['cookie by header, HttpOnly']}; HttpOnly; Secure")]
    return Reply(body, headers=[("Content-Type", "text/html"), ("X-Session-Token", c["header received"]), *cookies])


def shop(hit: Hit) -> Reply:
    if hit.path in ("/", "/privacy"):
        return home(hit)
    if hit.path == "/whoami.json":
        return Reply(json.dumps(CANARIES), media_type="application/json")
    if hit.path == "/go":
        return Reply(status=302, headers=[("Location", f"/pixel.gif?ticket={CANARIES['redirect']}")])
    return Reply("1", media_type="text/javascript")


def third(hit: Hit) -> Reply:
    return Reply("x", headers=[("Set-Cookie", f"uid={CANARIES['cookie of a third party']}; SameSite=None; Secure; Path=/")])


@pytest.fixture(scope="module")
def web():
    with Web({HOST: shop, THIRD: third}) as serving:
        yield serving


@pytest.fixture
def scanned(web, settings, caplog):
    """A finished scan of the shop, on the real database and object storage, rung for over the real broker."""
    settings.EGRESS_HOSTS, settings.EGRESS_CA = str(web.hosts_file), str(web.ca_file)
    blobs.forget()
    blobs.create_bucket()
    caplog.set_level(logging.INFO)
    site = make_site(url=f"https://{HOST}/")
    Page.objects.create(site=site, url=f"https://{HOST}/privacy", kind=Page.Kind.POLICY, position=1)
    scan = tasks.enqueue(site, trigger=Scan.Trigger.PERSON, now=timezone.now())
    claim = claims.claim_next(worker="canary")
    assert claim is not None
    pipeline.run(claim)
    scan.refresh_from_db()
    assert scan.status == Scan.Status.OK, scan.sentence
    return scan


def forms(secret: str) -> set[bytes]:
    """How a secret may be written down."""
    plain = secret.encode()
    bare = secret.replace(" ", "").encode()
    return {plain, bare, quote(secret, safe="").encode(), base64.b64encode(plain).rstrip(b"=")[:-1], plain.hex().encode(), json.dumps(secret)[1:-1].encode()}


def found_in(data: bytes) -> list[str]:
    return [name for name, secret in CANARIES.items() if any(form in data for form in forms(secret))]


def rows() -> bytes:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        texts = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            texts += [text for (text,) in cursor.fetchall()]
    return "\n".join(texts).encode()


def test_the_canaries_were_really_there(scanned, web):
    asked = " ".join(f"{hit.path}?{hit.query} {hit.headers} {hit.body!r}" for hit in web.log)
    for name in ("query", "header sent", "frame's address", "redirect", "worker's address", "cookie by header, HttpOnly", "e-mail in an address"):
        assert CANARIES[name] in asked, name


def test_no_secret_is_in_any_stored_object(scanned):
    document = store.document(scanned)
    kept = Evidence.objects.for_workspace(scanned.site.workspace)
    bodies = {f"{row.kind} {row.sha256[:8]}": store.evidence(row) for row in kept if row.kind != "screenshot"}
    assert {kind.split()[0] for kind in bodies} == {"dom_raw", "dom_normalised", "script", "policy_text"}
    assert {"snapshot": found_in(document)} | {name: found_in(body) for name, body in bodies.items()} == {"snapshot": []} | {name: [] for name in bodies}


def test_of_a_policy_the_addresses_of_roles_stay_and_of_persons_the_domain_does(scanned):
    kept = Evidence.objects.for_workspace(scanned.site.workspace)
    bodies = {row.kind: store.evidence(row).decode() for row in kept if row.kind in ("policy_text", "dom_raw")}
    assert f"Write to {OFFICE} or {{redacted}}@private-mail.example, call" in bodies["policy_text"]
    assert OFFICE not in bodies["dom_raw"]


def test_what_was_captured_is_there_all_the_same(scanned):
    snapshot = store.load(scanned)
    page = snapshot.observations[0]
    assert {"sid", "auth", "visitor", "uid"} == {cookie.name for cookie in page.cookies}
    assert {("local", "profile"), ("session", "draft"), ("indexeddb", "shop")} == {(key.area, key.key) for key in page.storage}
    assert any("/api?token=" in request.url for request in page.requests)
    assert snapshot.conduct.writes_delivered == 0


def test_stored_objects_are_sealed(scanned):
    stored = blobs.store()
    keys = [blob.key for blob in stored.list(f"{scanned.site.workspace_id}/")]
    assert keys
    for key in keys:
        box = stored.get(key)
        assert box.startswith(b"TFX1")
        assert b"canary-shop" not in box


def test_no_secret_is_in_any_row_log_line_or_message(scanned, caplog):
    with app.connection_or_acquire() as broker:
        server: redis.Redis = redis.Redis.from_url(broker.as_uri(include_password=True))
        everything = b"\n".join(_dumped(server, key) for key in server.keys("*"))
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records).encode()
    stored = rows()
    assert str(scanned.pk).encode() in stored
    assert {"rows": found_in(stored), "log": found_in(logged), "messages": found_in(everything)} == {"rows": [], "log": [], "messages": []}


def _dumped(server: redis.Redis, key: Any) -> bytes:
    """The key and its value, whatever its kind, as Python writes them."""
    read = {b"string": server.get, b"list": lambda name: server.lrange(name, 0, -1), b"set": server.smembers, b"hash": server.hgetall}
    return repr((key, read.get(server.type(key), lambda name: None)(key))).encode()  # type: ignore[call-overload, arg-type]
