"""What the parent and the runner say to each other: one job in, events out, and the parent's two answers. One JSON object to a line.

Pure. The runner has met a stranger's shop: `Reader` believes nothing, bounds everything, and gives events of the known types only, with the known fields only.

From the runner: `ready`; `begin` before a step acts (with `commits`: the step may place the order, so the runner waits for `go`, and the parent notes it
first); `step` after it; `artefact` with its bytes in `data`; `await_cut` at the stop point (the runner waits for `cut` before it reads the page for the last
time); `condition`; `end`. To the runner: `go`, `cut`. To add a type: a line in FIELDS, its case in `checkout.tally`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LONGEST_LINE = 64 << 20
LONGEST_TEXT = 1000
MOST_FACTS = 40
DEEPEST = 4
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.[a-z0-9]{1,5}")
_KINDS = ("screenshot", "video", "network", "console")
_STATUSES = ("passed", "failed", "skipped", "unknown", "inconclusive")

FIELDS: dict[str, dict[str, type]] = {
    "ready": {},
    "begin": {"index": int, "commits": bool},
    "step": dict.fromkeys(("action", "label", "status", "expected", "seen", "cause", "screenshot"), str) | {"index": int, "ms": int, "facts": dict},
    "artefact": {"name": str, "kind": str, "size": int, "data": bytes},
    "await_cut": {},
    "condition": {"index": int, "kind": str, "status": str, "expected": str, "seen": str},
    "end": {"status": str, "reason": str, "sentence": str, "stopped_as_defined": bool, "total_ms": int},
}


class Garbled(Exception):
    """What the runner wrote cannot be an event."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One Test Run to play. `sealed` are base64 boxes by name of Test Data, `plain` values in the clear (the command line only), `versions` those of the
    boxes. `context` is "workspace|test". What is left empty of `browser`, `pins` and `user_agent` the parent fills in."""

    run: str
    flow: Mapping[str, Any]
    sealed: Mapping[str, str] = field(default_factory=dict)
    context: str = ""
    versions: Mapping[str, int] = field(default_factory=dict)
    private_key: str = field(default="", repr=False)
    plain: Mapping[str, str] = field(default_factory=dict, repr=False)
    browser: str = ""
    pins: tuple[str, ...] = ()
    user_agent: str = ""
    video: bool = True


def job_line(job: Job) -> bytes:
    return json.dumps(asdict(job)).encode() + b"\n"


def read_job(line: bytes) -> Job:
    data = json.loads(line)
    return Job(**data | {"pins": tuple(data["pins"])})


def event_line(event: Mapping[str, Any]) -> bytes:
    """The event as it is written. Bytes in it are written as base64."""
    return json.dumps(event, default=lambda value: base64.b64encode(value).decode()).encode() + b"\n"


class Reader:
    """Bytes in, events out. Raises `Garbled` for the first thing that is none."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._looked_at = 0

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        self._rest += data
        while (end := self._rest.find(b"\n", self._looked_at)) >= 0:
            line = bytes(self._rest[:end])
            del self._rest[: end + 1]
            self._looked_at = 0
            yield read_event(line)
        self._looked_at = len(self._rest)
        if self._looked_at > LONGEST_LINE:
            raise Garbled("a line without end")


def read_event(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Garbled("no JSON") from error
    kind = data.get("type") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in FIELDS:
        raise Garbled("an unknown event")
    event = {"type": kind} | {name: _value(data.get(name), form, name) for name, form in FIELDS[kind].items()}
    _judge(event)
    return event


def _judge(event: Mapping[str, Any]) -> None:
    if event.get("status", "passed") not in _STATUSES:
        raise Garbled("an unknown status")
    if event["type"] == "artefact" and (not _NAME.fullmatch(event["name"]) or event["kind"] not in _KINDS or event["size"] != len(event["data"])):
        raise Garbled("an artefact that is none")
    if event.get("screenshot") and not _NAME.fullmatch(event["screenshot"]):
        raise Garbled("a screenshot without a name")


def _value(value: Any, form: type, name: str) -> Any:
    if form is bytes:
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise Garbled("bytes that cannot be read") from error
    if value is None and form is not int:
        return form()
    if not isinstance(value, form) or (form is int and isinstance(value, bool)):
        raise Garbled(f"{name} is no {form.__name__}")
    return _bounded(value)


def _bounded(value: Any, depth: int = 0) -> Any:
    """Facts may nest a little; all of it is cut to size."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()[:LONGEST_TEXT].replace("\0", "")
    if isinstance(value, dict):
        return {_bounded(str(key)): _bounded(item, depth + 1) for key, item in list(value.items())[:MOST_FACTS]} if depth < DEEPEST else {}
    if isinstance(value, list):
        return [_bounded(item, depth + 1) for item in value[:MOST_FACTS]] if depth < DEEPEST else []
    if isinstance(value, int | float):
        return value if isinstance(value, bool) or abs(value) < 2**53 else 0
    return None
