"""Bad input for any route: the bytes that a careless or hostile program would send, made from what the route takes.

Nothing here knows a route by name. A JSON body is taken from the type of the handler's `data`; fields of a form from
the forms of the pages themselves, so that a new route or a new field is attacked without anybody entering it.
"""

import inspect
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any
from urllib.parse import urlencode

import msgspec
from addresses import BODIES, sample
from club import VIEWERS, Club, scope_of
from doors import Answered, Asked, ask
from litestar import Litestar
from litestar.enums import RequestEncodingType
from lxml import html
from matrix import Route, Unaddressed, question, relations_of, routes_of
from msgspec import Struct

from b2b_dvizhenie.domain.hierarchy import Permission

JSON = ("content-type", "application/json")
FORM = ("content-type", "application/x-www-form-urlencoded")
MULTIPART = ("content-type", "multipart/form-data; boundary=xYz")

TEXTS: Mapping[str, str] = {
    "empty": "",
    "blank": " \t\r\n\u00a0\u2003",
    "NUL": "a\x00b",
    "control characters": "\x01\x1b[31m\x7f\x85",
    "turned to the left": "\u202eexe.txt\u2066\u202d",
    "of no width": "\u200b\u200c\u200d\ufeff\u2060",
    "flood of combining": "е" + "\u0301\u0336\u20dd" * 3_000,
    "look-alikes": "аdmin@demo.loсal",
    "outside of the plane": "\U0001f3f4\U000e0067\U0010ffff\ufffe",
    "SQL": "' OR 1=1; DROP TABLE app_user; --",
    "pattern": "%_\\%' & ! | ( :*",
    "template": "{{7*7}}{% raw %}${7*7}<%= 7*7 %>",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "path": "../../../../etc/passwd",
    "header": "a\r\nSet-Cookie: b2b_session=x",
    "format": "%s%n%x{0.__class__}",
    "formula": '=HYPERLINK("http://x")',
    "not a number": "NaN",
    "infinite": "-Infinity",
    "huge exponent": "1E+999999999",
    "tiny exponent": "1e-999999999",
    "long number": "9" * 400,
    "many digits behind the point": "0." + "1" * 60,
    "below zero": "-1",
    "other digits": "١٢٣",
    "separated digits": "1_000",
    "far date": "99999-12-31",
    "first date": "0001-01-01",
    "null": "null",
    "list": "[]",
}
NUMBERS: Mapping[str, bytes] = {
    "64 bits and one": b"18446744073709551616",
    "below zero": b"-1",
    "400 digits": b"9" * 400,
    "huge exponent": b"1e999",
    "not a number": b"NaN",
    "broken surrogate": b'"\\ud800"',
    "list": b"[]",
    "object": b"{}",
    "yes": b"true",
    "null": b"null",
}
"""What stands in JSON where something else is expected, as it is written."""
MASS: Mapping[str, str] = {
    "role": "administrator",
    "role_id": "00000000-0000-7000-8000-000000000001",
    "is_admin": "true",
    "is_active": "true",
    "permissions": "*",
    "company_id": "00000000-0000-7000-8000-000000000001",
    "user_id": "00000000-0000-7000-8000-000000000001",
    "access_level": "5",
    "price": "0.01",
    "unit_price": "0.01",
    "discount": "99",
    "credit_limit": "999999999",
    "status": "paid",
    "is_paid": "true",
    "__proto__": "x",
}
"""Fields that nobody offers: whoever takes a whole object from outside takes them too."""
QUERIES = ("q", "text", "sort", "limit", "offset", "cursor", "page", "since", "until", "status", "section", "brand")
TOO_LONG = 10 * 1024 * 1024
_FITS = 1_500_000
_DEEP = 100_000
_CELLS = 20
_HANDED = {"request", "state", "scope", "headers", "cookies", "query", "body", "data", "socket"}


class Attack(Struct, frozen=True):
    """One bad request, and whether it may only be refused."""

    name: str
    asked: Asked
    refused: bool = False
    field: str = ""


def attacker_of(route: Route) -> str:
    """The role that gets furthest into a route: the administrator, but buyers where one buys."""
    if route.permission is None:
        return "client"
    wanted = [route.permission, *([Permission.PANEL_ACCESS] if route.path.startswith("/panel") else [])]
    first = ("administrator", "client") if route.path.startswith("/panel") else ("client", "administrator")
    for role in (*first, "director", "head_of_managers", "manager"):
        if all(scope_of(role, one) for one in wanted):
            return role
    return "administrator"


class Attacker:
    """Makes the bad requests of a route.

    `at_once` is how many of the values each place gets, a different choice for each place and the same in every run;
    None for all.
    """

    def __init__(self, club: Club, at_once: int | None = None) -> None:
        self._club = club
        self._at_once = at_once
        self._forms: dict[tuple[str, str], dict[str, str]] = {}

    async def look_around(self, app: Litestar) -> int:
        """Read every page for the forms on it; how many were found."""
        for route in routes_of(app):
            if route.method != "GET" or route.is_api:
                continue
            for role in ("client", "administrator"):
                try:
                    asked = self.honest(route, role)
                except Unaddressed:
                    continue
                page = (("accept", "text/html"),)
                answer = await ask(app, Asked("GET", asked.path, (*asked.headers[:1], *page)))
                if answer.status == 200 and answer.body and "text/html" in answer.header("content-type"):
                    self._read(answer, asked.path)
        return len(self._forms)

    def _read(self, answer: Answered, path: str) -> None:
        for form in html.fromstring(answer.body).iter("form"):
            method = (form.get("method") or "GET").upper()
            action = (form.get("action") or path).split("?")[0]
            known = self._forms.setdefault((method, action), {})
            for one in form.iter("input", "select", "textarea"):
                if one.get("name"):
                    known.setdefault(one.get("name"), one.get("value") or "")

    def honest(self, route: Route, role: str = "") -> Asked:
        """The request for an own object that the attacks are variations of."""
        role = role or attacker_of(route)
        relation = relations_of(route)[0]
        return question(route, self._club, role, "own" if relation == "no object" else relation, VIEWERS[role])

    def attacks(self, route: Route) -> Iterator[Attack]:
        """Everything bad that can be said to it."""
        asked = self.honest(route)
        yield from self._queries(route, asked)
        yield from self._paths(route, asked)
        if route.method in ("GET", "HEAD", "DELETE"):
            return
        base = tuple(pair for pair in asked.headers if pair[0] != "content-type")
        if self._takes_json(route):
            yield from self._json(route, Asked(asked.method, asked.path, base, asked.body))
        elif b"=" in asked.body or self._fields(route, asked) or route.handler.parsed_data_field is not None:
            yield from self._form(route, Asked(asked.method, asked.path, base, asked.body))

    def mass(self, route: Route) -> tuple[Asked, Asked] | None:
        """A form as it is meant, and with fields that nobody offers; None: takes no form."""
        asked = self.honest(route)
        if route.method in ("GET", "HEAD", "DELETE") or self._takes_json(route):
            return None
        base = tuple(pair for pair in asked.headers if pair[0] != "content-type")
        fields = self._fields(route, asked)
        more = {name: value for name, value in MASS.items() if name not in fields}
        return tuple(  # type: ignore[return-value]
            Asked(asked.method, asked.path, (*base, FORM), urlencode(one).encode()) for one in (fields, fields | more)
        )

    def _some(self, place: str, values: Mapping[str, Any]) -> list[tuple[str, Any]]:
        if self._at_once is None or self._at_once >= len(values):
            return list(values.items())
        chosen = Random(place).sample(sorted(values), self._at_once)  # noqa: S311 - must be the same in every run
        return [(name, values[name]) for name in chosen]

    def _places(self, names: list[str]) -> list[str]:
        """Fields to spoil one by one; of the hundreds of like cells of a table some, unless all of everything."""
        if self._at_once is None:
            return names
        cells = [name for name in names if ":" in name]
        chosen = set(Random("cells").sample(cells, min(_CELLS, len(cells))))  # noqa: S311 - the same in every run
        return [name for name in names if ":" not in name or name in chosen]

    def _takes_json(self, route: Route) -> bool:
        known = BODIES.get((route.method, route.path))
        if known is not None:
            return not known.form
        field = route.handler.parsed_data_field
        media = getattr(field.kwarg_definition, "media_type", RequestEncodingType.JSON) if field else None
        return media == RequestEncodingType.JSON

    def _fields(self, route: Route, asked: Asked) -> dict[str, str]:
        """Fields of a form: what pages offer, what the type says, what developers entered."""
        found = dict(self._forms.get((route.method, asked.path), {}))
        field = route.handler.parsed_data_field
        if field is not None and isinstance(field.annotation, type) and issubclass(field.annotation, Struct):
            for one in msgspec.structs.fields(field.annotation):
                found.setdefault(one.encode_name, str(sample(one.type) or ""))
        known = BODIES.get((route.method, route.path))
        if known is not None and known.form:
            role = attacker_of(route)
            found |= known.make(self._club, role, "own")
        return found

    def _queries(self, route: Route, asked: Asked) -> Iterator[Attack]:
        names = set(QUERIES) if route.method == "GET" else set()
        for name, one in inspect.signature(route.handler.fn).parameters.items():
            if "Dependency" not in str(one.annotation) and name not in _HANDED and f"{{{name}:" not in route.path:
                names.add(name)
        if route.method != "GET":
            return
        for title, value in self._some(str(route), TEXTS):
            query = urlencode(dict.fromkeys(sorted(names), value))
            yield Attack(f"query {title}", Asked(asked.method, f"{asked.path}?{query}", asked.headers, asked.body))
        for title, query in (
            ("broken escapes", "&".join(f"{name}=%ZZ%ff%ed%a0%80" for name in sorted(names))),
            ("twice", "&".join(f"{name}=1&{name}=x" for name in sorted(names))),
        ):
            yield Attack(f"query {title}", Asked(asked.method, f"{asked.path}?{query}", asked.headers, asked.body))

    def _paths(self, route: Route, asked: Asked) -> Iterator[Attack]:
        if "{" not in route.path:
            return
        for title, value in (("NUL", "%00"), ("long", "9" * 400), ("surrogate", "%ED%A0%80"), ("other", "١")):
            parts = [value if part.startswith("{") else part for part in route.path.split("/")]
            yield Attack(f"path {title}", Asked(asked.method, "/".join(parts), asked.headers, asked.body))

    def _json(self, route: Route, asked: Asked) -> Iterator[Attack]:
        def sent(name: str, body: bytes, *, refused: bool = False, field: str = "", kind: Any = JSON) -> Attack:
            return Attack(name, Asked(asked.method, asked.path, (*asked.headers, kind), body), refused, field)

        yield sent("nothing at all", b"")
        yield sent("half a body", b'{"a": ', refused=True)
        yield sent("no UTF-8", b'{"a": "\xff\xfe"}', refused=True)
        yield sent("deep", b"[" * _DEEP + b"]" * _DEEP, refused=True)
        yield sent("deep object", b'{"a":' * _DEEP + b"1" + b"}" * _DEEP, refused=True)
        yield sent("list", b"[]")
        yield sent("word", b'"x"')
        yield sent("too long", b'{"name": "' + b"x" * TOO_LONG + b'"}', refused=True)
        yield sent("as a form", b"name=x", kind=FORM)
        yield sent("as a picture", b"\x89PNG\r\n", kind=("content-type", "image/png"))
        yield sent("as XML", b"<a/>", kind=("content-type", "application/xml"))
        data = route.handler.parsed_data_field
        if data is None or not (isinstance(data.annotation, type) and issubclass(data.annotation, Struct)):
            return
        base = msgspec.json.decode(asked.body) if asked.body else {}
        for name in MASS:
            if name not in {one.encode_name for one in msgspec.structs.fields(data.annotation)}:
                yield sent(f"unknown {name}", msgspec.json.encode(base | {name: "x"}), refused=True)
                break
        for one in msgspec.structs.fields(data.annotation):
            name = one.encode_name
            for title, text in self._some(f"{route} {name}", TEXTS):
                yield sent(f"{name}: {title}", msgspec.json.encode(base | {name: text}), field=name)
            yield sent(f"{name}: long", msgspec.json.encode(base | {name: "я" * (_FITS // 2)}), field=name)
            rest = {key: value for key, value in base.items() if key != name}
            opened = msgspec.json.encode(rest)[:-1] + (b"," if rest else b"")
            for title, raw in self._some(f"{route} {name} raw", NUMBERS):
                body = opened + msgspec.json.encode(name) + b":" + raw + b"}"
                yield sent(f"{name}: {title}", body, field=name)
            yield sent(f"{name}: twice", opened + b'"%s":1,"%s":[]}' % (name.encode(), name.encode()), field=name)

    def _form(self, route: Route, asked: Asked) -> Iterator[Attack]:
        def sent(name: str, body: bytes, kind: tuple[str, str] = FORM, *, refused: bool = False) -> Attack:
            return Attack(name, Asked(asked.method, asked.path, (*asked.headers, kind), body), refused)

        fields = self._fields(route, asked)
        names = sorted(fields)
        for title, text in (*self._some(str(route), TEXTS), ("long", "я" * 40_000)):
            yield sent(f"all {title}", urlencode(dict.fromkeys(names, text)).encode())
        for name in self._places(names):
            for title, text in self._some(f"{route} {name}", TEXTS):
                yield sent(f"{name}: {title}", urlencode(fields | {name: text}).encode())
        yield sent("nothing at all", b"")
        yield sent("twice", "&".join(f"{name}=1&{name}=x" for name in names).encode())
        yield sent("broken escapes", "&".join(f"{name}=%ZZ%ff%ed%a0%80" for name in names).encode())
        yield sent("too long", b"name=" + b"x" * TOO_LONG, refused=True)
        yield sent("too many", b"&".join(b"f%d=1" % number for number in range(3_000)))
        yield sent("half a part", b'--xYz\r\nContent-Disposition: form-data; name="x', MULTIPART)
        yield sent("no part", b"nothing of the kind", MULTIPART)
        yield sent("no boundary", b"--x\r\n\r\n", ("content-type", "multipart/form-data"))
        part = b'--xYz\r\nContent-Disposition: form-data; name="%s"; filename="a\x00.exe"\r\n\r\nx\r\n'
        yield sent("files", b"".join(part % name.encode() for name in names) + b"--xYz--\r\n", MULTIPART)
        yield sent("as JSON", b'{"a": [1]}', JSON)
        yield sent("as a picture", b"\x89PNG\r\n", ("content-type", "image/png"))
