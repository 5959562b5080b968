"""House rules as functions from source text to findings; each is tested on a good and on a bad sample."""

import ast
import re
from collections.abc import Iterator

CYRILLIC = re.compile("[а-яёА-ЯЁ]")


def cyrillic_literals(source: str) -> Iterator[tuple[int, str]]:
    """Cyrillic in strings that are not docstrings: words of the product belong into the locale catalogues."""
    tree = ast.parse(source)
    # Docstrings, also those under fields: expressions that stand alone.
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if CYRILLIC.search(text) and id(node) not in bare:
            yield node.lineno, text


def floats(source: str) -> Iterator[tuple[int, str]]:
    """`float` and float literals: money, prices and quantities are Decimal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, repr(node.value)


def clocks(source: str) -> Iterator[tuple[int, str]]:
    """Asking the machine for the time: `now` is an argument."""
    asking = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in asking:
                yield node.lineno, f"{owner}.{node.attr}"


def foreign_use_cases(source: str, module: str) -> Iterator[tuple[int, str]]:
    """Reaching past another context's façade: only `application/<ctx>/__init__.py` names may cross contexts."""
    own = re.match(r"b2b_dvizhenie\.application\.(\w+)", module)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found = re.match(r"b2b_dvizhenie\.application\.(\w+)\.(\w+)", node.module)
            if (
                found
                and found.group(2) != "ports"
                and found.group(1) != "shared"
                and own
                and own.group(1) != found.group(1)
            ):
                yield node.lineno, node.module


def missing_docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Public modules, classes and functions without a docstring."""
    tree = ast.parse(source)
    if not ast.get_docstring(tree):
        yield 1, "module"
    pending: list[tuple[ast.AST, bool]] = [(tree, True)]
    while pending:
        node, public = pending.pop()
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            overload = any("overload" in ast.dump(item) for item in child.decorator_list)
            visible = public and not child.name.startswith("_") and not overload
            if visible and not ast.get_docstring(child):
                yield child.lineno, child.name
            if isinstance(child, ast.ClassDef):
                pending.append((child, visible))


def litestar_caches(source: str) -> Iterator[tuple[int, str]]:
    """`cache=` on a handler: Litestar's key has no identity in it, so one buyer would get another's page."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("get", "route"):
            for keyword in node.keywords:
                if keyword.arg == "cache":
                    yield node.lineno, "cache="
