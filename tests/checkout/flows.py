"""Checkout Tests for tests: one by hand, and any that can be written."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from checkout import steps, targets

ORIGINS = ("https://shop.test", "https://pay.shop.test", "https://js.cards.test:8443")


def a_target(*selectors: str, **fields: Any) -> dict[str, Any]:
    return {"selectors": [[selector] for selector in selectors or ("#here",)], **fields}


def a_click(*selectors: str, **fields: Any) -> dict[str, Any]:
    return {"action": "click", "target": a_target(*selectors), **fields}


def a_fill(value: str, *selectors: str) -> dict[str, Any]:
    return {"action": "fill", "target": a_target(*selectors), "value": value}


def a_flow(*rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Stops after its last step if nothing else is said."""
    rows = rows or ({"action": "navigate", "url": "https://shop.test/"}, a_click("aria/Add to cart"))
    return {"version": 1, "title": "Buy a card", "start_url": "https://shop.test/", "stop_after": len(rows) - 1, "steps": list(rows)} | fields


_LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Nd"), exclude_characters="{}")


def texts(longest: int = 40) -> st.SearchStrategy[str]:
    return st.text(_LETTERS, min_size=1, max_size=longest)


NAMES = st.sampled_from(["{{shipping.email}}", "{{card.number}}", "{{ unique.id }}", "a {{now.date}} b"])
PATHS = st.text("abcdeXYZ/-_.?=&#", max_size=30)
ADDRESSES = st.builds("{}/{}".format, st.sampled_from(ORIGINS), PATHS)
PATTERNS = st.one_of(ADDRESSES, st.builds("{}*".format, ADDRESSES), st.just("*/thanks*"), st.just("/cart"))
SELECTORS = st.one_of(
    texts().filter(lambda text: text.strip() and text not in targets.PREFIXES),
    st.builds("{}{}".format, st.sampled_from(targets.PREFIXES), texts()),
)
FRAMES = st.one_of(
    st.fixed_dictionaries({"url": st.sampled_from(["https://js.cards.test/*", "https://*.pay.test/v3/*"]), "name": st.sampled_from(["", "card"])}),
    st.just({"url": "about:srcdoc", "name": ""}),
    st.just({"url": "", "name": "card"}),
)
TARGETS = st.fixed_dictionaries(
    {
        "selectors": st.lists(st.lists(SELECTORS, min_size=1, max_size=3), min_size=1, max_size=4),
        "frame": st.lists(FRAMES, max_size=2),
        "fingerprint": st.fixed_dictionaries({name: texts() | st.just("") for name in ("tag", "role", "text", "type", "name")}),
    }
)
CONDITIONS = st.one_of(
    st.fixed_dictionaries({"kind": st.sampled_from(["element_visible", "element_gone", "total_is_zero"]), "target": TARGETS}),
    st.fixed_dictionaries({"kind": st.just("element_count"), "target": TARGETS, "count": st.integers(0, 100)}),
    st.fixed_dictionaries({"kind": st.just("text"), "text": texts() | NAMES}, optional={"target": TARGETS}),
    st.fixed_dictionaries({"kind": st.just("url"), "url": PATTERNS}),
    st.fixed_dictionaries({"kind": st.sampled_from(["no_console_error", "no_server_error"])}),
    st.fixed_dictionaries({"kind": st.just("total"), "target": TARGETS, "equals": st.sampled_from(["12.00", "0.5", "-3", "1234567.999"])}),
    st.fixed_dictionaries({"kind": st.just("discount"), "target": TARGETS}, optional={"text": texts()}),
    st.fixed_dictionaries({"kind": st.just("tag"), "vendor": texts()}, optional={"account_id": texts()}),
)


def _step(action: str, *, may: dict[str, Any] | None = None, **needs: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"action": st.just(action), **needs}, optional={"label": texts(), "seconds": st.integers(1, 60), **(may or {})})


STEPS = st.one_of(
    _step("navigate", url=ADDRESSES),
    *(_step(action, target=TARGETS) for action in ("click", "hover", "check", "uncheck")),
    *(_step(action, target=TARGETS, value=texts() | NAMES | st.just("")) for action in ("fill", "select")),
    _step("press", key=st.sampled_from(["Enter", "Tab", "Control+A", "x"]), may={"target": TARGETS}),
    _step("scroll", x=st.integers(-500, 500), y=st.integers(0, 5000), may={"target": TARGETS}),
    _step("wait_for_element", target=TARGETS, may={"state": st.sampled_from(["visible", "hidden"])}),
    _step("wait_for_url", url=PATTERNS),
    _step("wait_for_quiet"),
    _step("assert", condition=CONDITIONS),
)


@st.composite
def flows(draw: st.DrawFn) -> steps.Flow:
    """Any Checkout Test that can be written, as JSON that was read."""
    rows = draw(st.lists(STEPS, min_size=1, max_size=8))
    stop = draw(st.integers(0, len(rows) - 1))
    clicks = [index for index, row in enumerate(rows) if row["action"] == "click"]
    goes_past = bool(clicks) and draw(st.booleans())
    fields = {
        "title": draw(texts().filter(lambda text: text == text.strip())),
        "stop_after": None if goes_past else stop,
        "order_step": draw(st.sampled_from(clicks)) if goes_past else next((index for index in clicks if index > stop), None),
        "allowed_origins": list(ORIGINS),
        "conditions": draw(st.lists(CONDITIONS, max_size=3)),
        "analytics": draw(st.sampled_from(["blocked", "tagged", "left"])),
        "step_seconds": draw(st.integers(1, 60)),
        "run_seconds": draw(st.integers(10, 600)),
        "viewport": draw(
            st.fixed_dictionaries(
                {
                    "width": st.integers(240, 3840),
                    "height": st.integers(240, 3840),
                    "device": st.sampled_from(["desktop", "phone", "tablet"]),
                    "scale": st.sampled_from([0.5, 1, 2, 2.75]),
                    "touch": st.booleans(),
                }
            )
        ),
    }
    return steps.parse(a_flow(*rows, **fields))
