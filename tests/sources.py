"""The project's own Python, read and not run: for the tests that hold the architecture and the tenant wall.

Paths are relative to the repository, modules are dotted names. Migrations are left out: Django writes them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APPS = ("tracefox", "accounts", "alerts", "scans", "checkout", "billing", "compliance")
BESIDE = ("demo", "benchmarks", "docs")


@dataclass(frozen=True, kw_only=True)
class Import:
    module: str
    at_start: bool  # runs when the importing module is loaded

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Source:
    path: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    @property
    def imports(self) -> list[Import]:
        return _imports_of(self.path)

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call, with the dotted name that is called as far as it can be read."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield dotted(node.func), node


@cache
def sources(*tops: str) -> tuple[Source, ...]:
    """The modules of these top folders; of the apps and what lies beside them by default."""
    found = sorted(path for top in tops or (*APPS, *BESIDE) for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts)
    return tuple(source(str(path.relative_to(ROOT))) for path in found)


@cache
def source(path: str) -> Source:
    text = (ROOT / path).read_text()
    return Source(path=path, text=text, tree=ast.parse(text))


@cache
def modules() -> frozenset[str]:
    return frozenset(each.module for each in sources())


def dotted(node: ast.expr) -> str:
    """`a.b.c` for that expression, with `?` for what has no name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


@cache
def _imports_of(path: str) -> list[Import]:
    tree = source(path).tree
    for_types = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) for inner in ast.walk(node)}
    inside = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for inner in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            at_start = id(node) not in for_types | inside
            found += [Import(module=name, at_start=at_start) for name in _names(node, path)]
    return found


def _names(node: ast.Import | ast.ImportFrom, path: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert node.level == 0, f"{path}:{node.lineno} imports relatively; name the package"
    return [f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in modules() else str(node.module) for alias in node.names]
