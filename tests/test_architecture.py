"""The house keeps its shape: who may import whom, what is pure, how long a file is. Read from the sources, nothing is run.

Each rule is one test with its list of exceptions beside it; an exception says why. To add a rule: collect the offenders, assert that there are none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.sources import APPS, BESIDE, ROOT, Source, modules, sources

MAY_IMPORT = {
    "tracefox": set(),
    "accounts": {"tracefox"},
    "alerts": {"accounts", "tracefox"},
    "scans": {"alerts", "accounts", "tracefox"},
    "billing": {"alerts", "accounts", "tracefox"},
    "checkout": {"scans", "alerts", "accounts", "tracefox"},
    "compliance": {"checkout", "billing", "scans", "alerts", "accounts", "tracefox"},
}

# From the front of an app to its back. A module imports its own row and those after it; what is named nowhere is the last row.
ROWS = (
    ("urls", "management", "admin", "apps"),
    (
        *("views", "scan_views", "change_views", "rule_views", "register_views", "api", "forms"),
        *("step_views", "run_views", "data_views", "step_forms", "asking"),
    ),
    ("tasks",),
    ("pipeline",),
)

PURE = (
    "scans.snapshot",
    "scans.diff",
    "scans.classify",
    "scans.schedule",
    "scans.report",
    "scans.addresses",
    "checkout.flow",
    "checkout.parsing",
    "checkout.targets",
    "checkout.conditions",
    "checkout.steps",
    "checkout.patterns",
    "checkout.stop_point",
    "checkout.flow_schema",
    "checkout.result",
    "checkout.recording",
    "checkout.recorder_form",
    "checkout.recorder_names",
    "checkout.recorder_steps",
    "checkout.recorder_writing",
    "checkout.field_names",
    "checkout.place_order",
    "checkout.cards",
    "checkout.fingerprint",
    "checkout.cause",
    "checkout.state",
    "checkout.money",
    "checkout.discount",
    "billing.plans",
    "tracefox.egress.policy",
)
PURE_LIBRARIES = {
    *("__future__", "typing", "collections", "dataclasses", "enum", "functools", "itertools", "operator", "re", "string", "math", "statistics"),
    *("hashlib", "json", "html", "base64", "csv", "uuid", "ipaddress", "unicodedata", "urllib.parse", "datetime", "zoneinfo", "difflib", "bisect", "textwrap"),
    *("idna", "publicsuffixlist", "rapidfuzz", "selectolax.lexbor", "decimal", "fractions", "heapq", "types", "copy", "binascii"),
    *("PIL", "io"),  # scans.diff.visual: pictures out of bytes and into bytes
}
READS_ITS_OWN_DATA = {"pathlib", "tomllib", "importlib.metadata", "importlib.resources"}  # scans.classify, checkout.cards: the files that lie beside, once
NOT_PURE_CALLS = re.compile(r"(^|\.)(now|utcnow|today|open|print|input|time|monotonic|uuid1|uuid4|random|getenv|write_text|write_bytes|unlink|mkdir)$")

ONLY_HERE = {
    "celery": ("tracefox.celery", "scans.tasks", "checkout.tasks", "alerts.tasks", "billing.tasks", "compliance.tasks"),
    "playwright": ("tracefox.browser", "checkout.runner", "demo", "benchmarks"),
    "boto3": ("tracefox.blobs", "tracefox.vault", "tracefox.embedded"),
    "botocore": ("tracefox.blobs", "tracefox.vault", "tracefox.embedded"),
    "stripe": ("billing",),
    "resend": ("tracefox.mail",),
    "posthog": ("tracefox.analytics",),
    "requests": (),
    "httpx": (),
    "aiohttp": (),
    "urllib3": (),
    "urllib.request": (),
    "http.client": ("demo",),  # the demo asks its own programs on this machine whether they are up
    "ftplib": (),
    "smtplib": (),
    "pickle": (),
    "marshal": (),
    "unittest": (),
}
READ_THE_ENVIRONMENT = (
    "tracefox.env",
    "tracefox.celery",
    "tracefox.wsgi",  # which settings, before there are settings
    "tracefox.browser.launcher",
    "tracefox.embedded",  # servers for development and tests: it gives a child its environment
    "checkout.runner",
    "demo",
    "benchmarks",
)

LONGEST_FILE, LONGEST_FUNCTION = 300, 50
LONGER_FILES = {
    "scans/snapshot.py": "the documented form of a snapshot, field by field, is one page to look things up in",
    "tracefox/settings.py": "every setting stands in one place",
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "services", "managers", "signals", "misc", "base"}
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b")


def belongs(module: str, places: Iterable[str]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def row(module: str) -> int:
    part = module.split(".")[1] if "." in module else ""
    return next((index for index, names in enumerate(ROWS) if part in names), len(ROWS))


def is_own_data(source: Source, name: str) -> bool:
    return source.module.startswith(("scans.classify", "checkout.cards")) and name in READS_ITS_OWN_DATA


def test_lower_never_imports_higher():
    assert [
        f"{source.module} imports {found.module}"
        for source in sources(*APPS)
        for found in source.imports
        if found.top in (*APPS, *BESIDE, "tests") and found.top != source.top and found.top not in MAY_IMPORT[source.top]
    ] == []


def test_views_call_tasks_and_tasks_call_the_pipeline_never_the_reverse():
    assert [
        f"{source.module} imports {found.module}"
        for source in sources(*APPS[1:])
        for found in source.imports
        if found.top in APPS[1:] and row(found.module) < row(source.module)
    ] == []


def test_no_two_modules_need_each_other_to_load():
    needs = {source.module: {found.module for found in source.imports if found.at_start and found.module in modules()} for source in sources(*APPS)}
    try:
        TopologicalSorter({name: others - {name} for name, others in needs.items()}).prepare()
    except CycleError as cycle:
        pytest.fail(f"They import each other: {' <- '.join(cycle.args[1])}")


def test_what_is_pure_imports_only_what_is_pure():
    assert [
        f"{source.module} imports {found.module}"
        for source in sources(*APPS)
        if belongs(source.module, PURE)
        for found in source.imports
        if not belongs(found.module, PURE)
        and found.module not in {"scans", "tracefox.egress", *PURE_LIBRARIES}
        and found.module != "collections.abc"
        and not is_own_data(source, found.module)
    ] == []


def test_what_is_pure_has_no_clock_and_touches_nothing():
    assert [
        f"{source.path}:{call.lineno} calls {name}"
        for source in sources(*APPS)
        if belongs(source.module, PURE)
        for name, call in source.calls()
        if NOT_PURE_CALLS.search(name)
    ] == []


def test_each_outside_thing_has_one_place():
    assert [
        f"{source.module} imports {found.module}"
        for source in sources()
        for found in source.imports
        for thing, places in ONLY_HERE.items()
        if belongs(found.module, [thing]) and not belongs(source.module, places)
    ] == []


def test_only_the_settings_read_the_environment():
    assert [
        f"{source.path}:{node.lineno}"
        for source in sources()
        if not belongs(source.module, READ_THE_ENVIRONMENT)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "putenv")
    ] == []


def test_files_are_short_enough_to_read():
    lengths = {source.path: len(source.text.splitlines()) for source in sources()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE and path not in LONGER_FILES} == {}


def test_functions_are_short_enough_to_read():
    assert [
        f"{source.path}:{node.lineno} {node.name}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ] == []


def test_every_module_says_what_it_is_for():
    """Tests say it in their names."""
    written = [source for source in sources(*APPS, *BESIDE, "tests") if source.text.strip() and not source.module.rpartition(".")[2].startswith("test_")]
    assert [source.path for source in written if not ast.get_docstring(source.tree)] == []


def test_modules_are_named_after_things():
    assert [source.path for source in sources(*APPS, *BESIDE, "tests") if FORBIDDEN_NAMES & set(source.module.split("."))] == []


def test_nothing_is_left_unfinished():
    written = [
        path for top in (*APPS, *BESIDE, "templates", ".ci") for path in (ROOT / top).rglob("*") if path.suffix in (".py", ".js", ".css", ".html", ".md")
    ]
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in written if "vendor" not in path.parts}
    assert [path for path, text in texts.items() if UNFINISHED.search(text)] == []


def test_no_error_is_swallowed():
    assert [
        f"{source.path}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or all(isinstance(line, ast.Pass) for line in node.body))
    ] == []


def test_rows_do_nothing_behind_ones_back():
    """No signals, and nothing in a model's `save` or `delete`: a verb in a module says what happens."""
    signals = [source.path for source in sources(*APPS) for found in source.imports if found.module in ("django.dispatch", "django.db.models.signals")]
    methods = [
        f"{source.path}:{node.lineno}"
        for source in sources(*APPS)
        if source.module.endswith(".models")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete")
    ]
    assert signals + methods == []


def test_tests_use_twins_and_not_mocks():
    assert [source.path for source in sources("tests") for found in source.imports if belongs(found.module, ["unittest", "mock", "pytest_mock"])] == []


def test_every_management_command_is_called_by_a_test():
    tests = "\n".join(source.text for source in sources("tests"))
    commands = [source for source in sources(*APPS) if ".management.commands." in source.module]
    assert [source.path for source in commands if f'"{source.module.rpartition(".")[2]}"' not in tests] == []
