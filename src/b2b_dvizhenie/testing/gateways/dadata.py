"""A stand-in for DaData's findById/party that misbehaves as the real one can: on a real socket, as bytes."""

import json
import time
from typing import Any

from b2b_dvizhenie.application.companies import FoundCompany
from b2b_dvizhenie.domain.companies import CompanyKind
from b2b_dvizhenie.testing.gateways.serving import Handler, Simulator

PATH = "/findById/party"
MISBEHAVIOURS = (
    *("slow", "silent", "http 500", "http 401", "http 403", "http 429", "redirect", "not json", "not utf-8"),
    *("trickling", "array", "null data", "endless", "cut short", "another company", "names are numbers"),
)


def _suggestion(company: FoundCompany) -> dict[str, Any]:
    one = company.requisites
    legal = one.kind is CompanyKind.LEGAL
    data: dict[str, Any] = {
        "type": "LEGAL" if legal else "INDIVIDUAL",
        "state": {"status": "LIQUIDATED" if company.is_closed else "ACTIVE", "liquidation_date": None},
        "opf": {"code": None},
        "name": {"full_with_opf": one.full_name, "short_with_opf": one.name, "latin": None},
        "inn": one.inn,
        "ogrn": one.ogrn or None,
        "address": {"value": one.address, "unrestricted_value": one.address, "data": None} if one.address else None,
    }
    if legal:
        data |= {"kpp": one.kpp, "branch_type": "MAIN", "management": None}
    return {"value": one.name, "unrestricted_value": one.name, "data": data}


class _Handler(Handler):
    def serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if (self.command, self.path) != ("POST", PATH):
            self.server.simulator.elsewhere += 1
            self.answer(404, b"{}")
            return
        asked = json.loads(body)
        self.server.simulator.requests.append(asked)
        if self.headers.get("authorization") != f"Token {self.server.simulator.key}":
            self.answer(401, b'{"family":"CLIENT_ERROR","reason":"Unauthorized"}')
            return
        known = self.server.simulator.known
        found = [known[asked["query"]]] if asked.get("query") in known else []
        self._misbehave(self.server.simulator.misbehave, found)

    def _misbehave(self, how: str, found: list[dict[str, Any]]) -> None:
        good = json.dumps({"suggestions": found}, ensure_ascii=False).encode()
        if how.startswith("http "):
            self.answer(int(how[5:]), b'{"reason":"no"}')
        elif how == "slow":
            time.sleep(1)
            self.answer(200, good)
        elif how == "silent":
            self.close_connection = True
        elif how == "redirect":
            self.answer(307, b"", location=f"{self.server.simulator.url}/elsewhere")
        elif how == "endless":
            self.endless()
        elif how == "trickling":
            self.trickle(good)
        elif how == "cut short":
            self.answer(200, good, length=len(good) + 50)
            self.close_connection = True
        else:
            self.answer(200, self._bad(how, found) if how else good)

    def _bad(self, how: str, found: list[dict[str, Any]]) -> bytes:
        if how == "not json":
            return b"<html>Bad gateway</html>"
        if how == "not utf-8":
            return b'{"suggestions":[{"value":"\xff\xfe","data":{}}]}'
        if how == "array":
            return b"[]"
        if how == "null data":
            return b'{"suggestions":[{"value":"x","data":null}]}'
        if how == "another company":
            return b'{"suggestions":[{"value":"x","data":{"inn":"7736050003"}}]}'
        return json.dumps({"suggestions": [one | {"value": 1} for one in found] or [{"value": 1}]}).encode()


class DadataSimulator(Simulator):
    """Serves the companies it is given at `url` while the block runs; `misbehave` names what goes wrong next."""

    handler = _Handler

    def __init__(self, *companies: FoundCompany, key: str = "secret") -> None:
        self.misbehave = ""
        self.key = key
        self.requests: list[dict[str, Any]] = []
        self.elsewhere = 0
        self.known = {one.requisites.inn: _suggestion(one) for one in companies}
        super().__init__()

    @property
    def url(self) -> str:
        """Where the service is."""
        return self.address
