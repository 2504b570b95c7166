"""What tests say they show: the marks `wire` and `library`, read without running or importing any test."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_MARKS = ("pytest.mark.wire", "pytest.mark.library")
TESTS = (ROOT / "tests", ROOT / "guard" / "tests")


@dataclass(frozen=True)
class Shown:
    """One mark: its kind and words, and the file it stands in."""

    kind: str
    words: tuple[str, ...]
    file: Path


@cache
def marks(kind: str) -> tuple[Shown, ...]:
    """Return every mark of the kind, by file."""
    files = (file for folder in TESTS for file in sorted(folder.rglob("test_*.py")))
    return tuple(shown for file in files for shown in _of_file(file) if shown.kind == kind)


def _of_file(file: Path) -> Iterator[Shown]:
    for node in ast.parse(file.read_text()).body:
        for expression in _carriers(node):
            yield from (Shown(*mark, file) for mark in _marks_in(expression))


def _carriers(node: ast.stmt) -> list[ast.expr]:
    """Return the expressions that may hold marks: the module's list, or what stands above a test."""
    if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["pytestmark"]:
        return [node.value]
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return node.decorator_list if is_function and node.name.startswith("test_") else []


def _marks_in(node: ast.expr) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return kind and words of each `pytest.mark.kind("word", …)` in an expression."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in (
            "pytest.mark.wire",
            "pytest.mark.library",
        ):
            words = [ast.literal_eval(argument) for argument in call.args]
            yield ast.unparse(call.func).rpartition(".")[2], tuple(words)
