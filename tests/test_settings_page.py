"""docs/settings.md knows every variable that the settings ask for, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "settings.md").read_text()
TABLES = {match[1]: match[2] for match in re.finditer(r"^\| `([A-Z0-9_]+)` \| (.*)$", PAGE, re.MULTILINE)}


def asked_for():
    """Variable -> whether it is a secret: every `env.<kind>("NAME", ...)` and `secret("NAME", ...)`."""
    found: dict[str, bool] = {}
    for module in ("settings.py", "env.py"):
        for node in ast.walk(ast.parse((ROOT / "tracefox" / module).read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                called = ast.unparse(node.func)
                if called == "secret" or called.startswith("env."):
                    name = node.args[0].value
                    found[name] = found.get(name, False) or called == "secret"
    return found


def test_every_variable_is_explained_and_none_is_made_up():
    assert set(TABLES) == set(asked_for())


def test_the_page_says_which_ones_are_secrets():
    assert {name for name, rest in TABLES.items() if "*secret*" in rest} == {name for name, is_secret in asked_for().items() if is_secret}


def test_nothing_else_reads_the_environment():
    """But what starts a program: Celery and WSGI name the settings, the launcher becomes Chromium, the embedded servers are handed theirs."""
    allowed = ("tracefox/env.py", "tracefox/celery.py", "tracefox/wsgi.py", "tracefox/embedded/", "tracefox/browser/")
    modules = [path for app in ("tracefox", "accounts", "scans") for path in (ROOT / app).rglob("*.py")]
    readers = [str(path.relative_to(ROOT)) for path in modules if re.search(r"\bos\.(environ|getenv)\b", path.read_text())]
    assert [name for name in readers if not name.startswith(allowed)] == []
