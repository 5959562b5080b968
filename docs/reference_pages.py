"""Reference pages from the code: settings, commands, routes, errors, tables, jobs. Written when the docs are built."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import click
import msgspec

import b2b_dvizhenie
from b2b_dvizhenie.adapters.postgres.tables import metadata
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.cli.main import COMMANDS
from b2b_dvizhenie.entrypoints.container import build
from b2b_dvizhenie.entrypoints.http.app import create_app
from b2b_dvizhenie.entrypoints.settings import Settings
from b2b_dvizhenie.entrypoints.texts import translations
from b2b_dvizhenie.entrypoints.worker.handlers import HANDLERS


def _cell(text: object) -> str:
    return re.sub(r"\s+", " ", str(text)).replace("|", "\\|").strip()


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(list(heads))]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def _first_sentence(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n\n")[0]


def _fields(struct: type[msgspec.Struct], prefix: tuple[str, ...] = ()) -> Iterable[tuple[str, str, object]]:
    for field in msgspec.structs.fields(struct):
        default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
        if isinstance(default, msgspec.Struct):
            yield from _fields(type(default), (*prefix, field.name))
        else:
            yield ".".join((*prefix, field.name)), "B2B__" + "__".join((*prefix, field.name)).upper(), repr(default)


def settings() -> str:
    """Every setting with its variable and default."""
    rows = [(f"`{path}`", f"`{variable}`", f"`{default}`") for path, variable, default in _fields(Settings)]
    intro = inspect.getdoc(importlib.import_module("b2b_dvizhenie.entrypoints.settings")) or ""
    return f"# Settings\n\n{intro}\n\n" + _table(("setting", "variable", "default"), rows) + "\n"


def _commands(name: str, command: click.Command) -> Iterable[str]:
    options = [p for p in command.params if isinstance(p, click.Option)]
    arguments = " ".join(p.human_readable_name for p in command.params if isinstance(p, click.Argument))
    yield f"## `{name}`\n\n{(command.help or '').strip()}\n"
    if arguments:
        yield f"Arguments: `{arguments}`\n"
    if options:
        yield _table(("option", "meaning"), [(f"`{', '.join(o.opts)}`", o.help or "") for o in options]) + "\n"
    if isinstance(command, click.Group):
        for child, sub in sorted(command.commands.items()):
            yield from _commands(f"{name} {child}", sub)


def cli() -> str:
    """Every command with its options."""
    parts = [
        "# Command line\n",
        "Exit codes: 0 done, 2 wrong input or settings, 4 not found, 5 conflict, 75 try later.\n",
    ]
    for name, (module, _) in COMMANDS.items():
        command = importlib.import_module(f"b2b_dvizhenie.entrypoints.cli.{module}").command
        parts += _commands(f"b2b {name}", command)
    return "\n".join(parts)


def _access(opt: Mapping[str, object]) -> object:
    return opt.get("permission") or ("own authentication" if opt.get("own_authentication") else "everybody")


def http_api() -> str:
    """Every route with the permission it demands."""
    app = create_app(build(Settings(), "postgresql:///b2b"))
    handlers = [(route.path, handler) for route in app.routes for handler in getattr(route, "route_handlers", [])]
    rows = [
        (f"`{method} {path}`", _access(handler.opt), _first_sentence(handler.fn))
        for path, handler in handlers
        for method in handler.http_methods - {"OPTIONS", "HEAD"}
    ]
    intro = (
        "The document for machines is at `/api/schema` (`b2b openapi` prints it). A token comes from "
        "`POST /api/v1/auth/login` and goes into `Authorization: Bearer`; "
        "`X-Company-Id` names the buyer company; who buys for several must name one to change a cart or to order. "
        "Errors are RFC 9457 problems with `code` and `fields`."
    )
    return f"# HTTP routes\n\n{intro}\n\n" + _table(("route", "needs", "does"), sorted(rows)) + "\n"


def _errors() -> list[type[DomainError]]:
    for module in pkgutil.walk_packages(b2b_dvizhenie.__path__, "b2b_dvizhenie."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, pending = [], [DomainError]
    while pending:
        cls = pending.pop()
        found.append(cls)
        pending += cls.__subclasses__()
    return sorted(set(found), key=lambda cls: cls.code)


def errors() -> str:
    """Every error code with its kind and its Russian text."""
    rows = [
        (f"`{cls.code}`", cls.kind.value, _first_sentence(cls), translations("ru").gettext(cls.code))
        for cls in _errors()
    ]
    return "# Errors\n\n" + _table(("code", "kind", "meaning", "text"), rows) + "\n"


def tables() -> str:
    """Every table with its columns."""
    parts = ["# Tables\n"]
    for table in sorted(metadata.tables.values(), key=lambda one: one.name):
        rows = [
            (
                f"`{column.name}`",
                column.type,
                "" if column.nullable else "not null",
                "key" if column.primary_key else "",
            )
            for column in table.columns
        ]
        parts += [f"## `{table.name}`\n", _table(("column", "type", "", ""), rows), ""]
    return "\n".join(parts)


def jobs() -> str:
    """Every background job."""
    rows = [(f"`{name}`", _first_sentence(handler)) for name, handler in sorted(HANDLERS.items())]
    return "# Jobs\n\n" + _table(("job", "does"), rows) + "\n"


def gateway_tables() -> str:
    """Every table of the JSON gateway: who may send it, what identifies a row, what a row holds."""
    parts = ["# Tables of the JSON gateway\n", "How to send them: [Send rows from 1C](../how-to/send-rows.md).\n"]
    for table in build(Settings(), "postgresql:///nowhere").gateway_tables():
        key = {field.name for field in msgspec.structs.fields(table.key_row)}
        rows = [
            (f"`{field.encode_name}`", _wire_type(field.type), "key" if field.name in key else "", _needed(field))
            for field in msgspec.structs.fields(table.row)
        ]
        scopes = "changes only" if table.scopes is None else ", ".join(f"`{name}`" for name in table.scopes) or "none"
        parts += [
            f"## `{table.name}`\n",
            f"{_first_sentence(table.row)}\n",
            f"Right of the node: `{table.right}`. Scopes of a full export: {scopes}.\n",
            _table(("field", "type", "", ""), rows),
            "",
        ]
    return "\n".join(parts)


def _wire_type(kind: Any) -> str:
    """A type as it is written in JSON."""
    if get_origin(kind) is Annotated:
        return _wire_type(get_args(kind)[0])
    arguments = [_wire_type(one) for one in get_args(kind) if one is not Ellipsis]
    if get_origin(kind) in (tuple, list):
        return f"list of {arguments[0]}"
    if arguments:
        return " or ".join(arguments)
    named = {str: "text", bool: "true or false", int: "integer", Decimal: "decimal", type(None): "null"}
    named |= {date: "date", datetime: "time"}
    return named.get(kind, getattr(kind, "__name__", str(kind)))


def _needed(field: msgspec.structs.FieldInfo) -> str:
    return "required" if field.required else ""


PAGES = {
    "settings": settings,
    "cli": cli,
    "http-api": http_api,
    "errors": errors,
    "tables": tables,
    "jobs": jobs,
    "gateway": gateway_tables,
}


def write(folder: Path) -> None:
    """Write the pages that differ from what is there."""
    folder.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        page, text = folder / f"{name}.md", make()
        if not page.exists() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")
