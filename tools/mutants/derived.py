"""Every fault that follows from the syntax of a module: another comparison, operator or constant, a step left out.

Not planted, for nothing that anybody decided is in them: annotations, decorators, how msgspec stores a struct (keywords
of classes), declarations of settings (their bounds are data that the reference pages tell), `strict` of `zip`, which
guards against an error of our own, and None in place of False, which mypy tells.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import NamedTuple


class Mutant(NamedTuple):
    """A module with one fault.

    `function` is the outermost function that holds the fault, "" where it acts when the module is loaded; whoever runs
    none of `lines` cannot meet it.
    """

    name: str
    module: str
    code: CodeType
    function: str
    lines: range


_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),  # codespell:ignore
    ast.NotIn: (ast.In,),  # codespell:ignore
}
_OPERATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SETTINGS = frozenset({"Number", "Switch"})
_NOT_PLANTED = frozenset({"annotation", "returns", "decorator_list"})
_BODIES = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for place, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)


def _constant(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)


def _comprehension(node: ast.comprehension) -> Iterator[ast.AST]:
    for place, test in enumerate(node.ifs):
        if not isinstance(test, ast.Compare | ast.UnaryOp):
            ifs = [*node.ifs[:place], ast.UnaryOp(ast.Not(), test), *node.ifs[place + 1 :]]
            yield ast.comprehension(node.target, node.iter, ifs, node.is_async)


def _of_steps(node: ast.AST) -> Iterator[ast.AST]:
    """What a statement could have been: another one, or none."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign():
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.If() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and not value.value):
            yield ast.Return(ast.Constant(None))


def _of_values(node: ast.AST) -> Iterator[ast.AST]:
    """What an expression could have been."""
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BinOp() if other := _OPERATED.get(type(node.op)):
            yield ast.BinOp(node.left, other(), node.right)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.Constant():
            yield from _constant(node.value)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.comprehension():
            yield from _comprehension(node)
        case ast.Name() if node.id in _SWAPPED:
            yield ast.Name(_SWAPPED[node.id], node.ctx)


def _told(node: ast.AST) -> str:
    """A node in one line: of a branch only its condition."""
    match node:
        case ast.If():
            return f"if {ast.unparse(node.test)}"
        case ast.comprehension():
            return ast.unparse(node).strip()
        case _:
            return ast.unparse(node).replace("\n", " ")


class _Site(NamedTuple):
    """A place of a tree: what stands in it, in which function, and which lines lead there."""

    holder: ast.AST
    field: str
    place: int | None
    node: ast.AST
    function: str
    lines: range

    def put(self, node: ast.AST) -> None:
        if self.place is None:
            setattr(self.holder, self.field, node)
        else:
            getattr(self.holder, self.field)[self.place] = node


def _is_left_out(node: ast.AST, field: str, child: ast.AST, function: str) -> bool:
    match node, child:
        case ast.ClassDef(), ast.keyword():
            return True
        case _, ast.Call(func=ast.Name(id=name)) if name in _SETTINGS:
            return True
        case _, ast.keyword(arg="strict"):
            return True
        case _, ast.Subscript() if not function:
            return True  # an alias of a type
    return field in _NOT_PLANTED


def _header(node: ast.stmt) -> range:
    """Lines of a statement; of one with a body only what is said before it."""
    parts = [
        part
        for field, value in ast.iter_fields(node)
        if field not in _BODIES
        for part in (value if isinstance(value, list) else [value])
        if isinstance(part, ast.expr | ast.withitem)
    ]
    ends = [getattr(part, "end_lineno", None) or node.lineno for part in parts]
    has_body = any(field in node._fields for field in _BODIES)
    return range(node.lineno, (max(ends, default=node.lineno) if has_body else node.end_lineno or node.lineno) + 1)


def _sites(node: ast.AST, classes: str = "", function: str = "", lines: range = range(0)) -> Iterator[_Site]:
    """Every place of a tree, outer ones first."""
    if isinstance(node, ast.stmt):
        lines = _header(node)
    within = f"{classes}{node.name}." if isinstance(node, ast.ClassDef) else classes
    for field, value in ast.iter_fields(node):
        is_body = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and field == "body"
        inside = function or (f"{classes}{node.name}" if is_body else "")  # type: ignore[attr-defined]
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _is_left_out(node, field, child, function):
                continue
            own = _header(child) if isinstance(child, ast.stmt) else lines
            yield _Site(node, field, place, child, inside, own)
            yield from _sites(child, within, inside, lines)


def _faults(tree: ast.Module, module: str) -> Iterator[tuple[str, _Site, ast.AST]]:
    """Names of faults, where they go and what stands there then. Names stay when lines move."""
    told: Counter[str] = Counter()
    for site in list(_sites(tree)):
        for change in (*_of_steps(site.node), *_of_values(site.node)):
            name = f"{module}.{site.function or '*'}: {_told(site.node)} -> {_told(change)}"
            told[name] += 1
            yield f"{name} #{told[name]}" if told[name] > 1 else name, site, change


def names(path: Path) -> list[str]:
    """What the mutants of a module are called."""
    return [name for name, _, _ in _faults(ast.parse(path.read_text()), path.stem)]


def derived(path: Path) -> Iterator[Mutant]:
    """Every mutant that follows from the syntax of a module."""
    tree = ast.parse(path.read_text())
    for name, site, change in _faults(tree, path.stem):
        site.put(ast.copy_location(change, site.node) if hasattr(site.node, "lineno") else change)
        code = compile(ast.fix_missing_locations(tree), str(path), "exec")
        site.put(site.node)
        yield Mutant(name, path.stem, code, site.function, site.lines)
