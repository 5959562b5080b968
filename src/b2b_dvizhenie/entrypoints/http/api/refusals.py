"""Outcomes of placing an order that are no order, as problems (RFC 9457)."""

from decimal import Decimal
from http import HTTPStatus
from typing import Any

from litestar import Request

from b2b_dvizhenie.domain.ordering import PriceChanged, PriceMove, Refused
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.problems import FieldProblem, Problem
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

PRICE_CHANGED = "ordering.price_changed"
REFUSED = "ordering.refused"


def _told(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _move(move: PriceMove, lang: str) -> FieldProblem:
    params: dict[str, Any] = {
        "variant_id": str(move.variant_id),
        "article": move.article,
        "name": move.name,
        "previous": _told(move.previous),
        "price": _told(move.price),
        "amount": _told(move.amount),
    }
    code = "ordering.price_not_shown" if move.previous is None else "ordering.price_risen"
    return FieldProblem(f"{move.field}.price", code, error_text(code, params, lang), params)


def problem_of_outcome(request: Request[Any, Any, Any], outcome: PriceChanged | Refused) -> Problem:
    """A conflict that names every line: what it costs now, or why it cannot be ordered."""
    lang = language_of(request)
    params: dict[str, Any]
    if isinstance(outcome, PriceChanged):
        code = PRICE_CHANGED
        params = {
            "price_version": outcome.price_version,
            "currency": outcome.totals.currency,
            "amount": plain(outcome.totals.amount),
            "total": plain(outcome.totals.total),
        }
        if outcome.price_lock and outcome.locked_until:
            params |= {"price_lock": outcome.price_lock, "locked_until": outcome.locked_until.isoformat()}
        fields = [_move(move, lang) for move in outcome.moves]
    else:
        # One reason alone is the whole story; several are told one by one under a common head.
        code = outcome.reasons[0].code if len(outcome.reasons) == 1 else REFUSED
        params = outcome.reasons[0].params if len(outcome.reasons) == 1 else {"count": len(outcome.reasons)}
        fields = [
            FieldProblem(reason.field, reason.code, error_text(reason.code, reason.params, lang), reason.params)
            for reason in outcome.reasons
        ]
    return Problem(
        type=f"urn:b2b:problem:{code}",
        title=HTTPStatus.CONFLICT.phrase,
        status=HTTPStatus.CONFLICT,
        detail=error_text(code, params, lang),
        code=code,
        request_id=str(request.scope.get("state", {}).get("request_id", "")),
        params=params,
        fields=fields,
    )
