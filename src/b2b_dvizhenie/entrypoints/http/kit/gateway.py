"""Sample views of the gateway's tables."""

from datetime import timedelta

from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.gateway import (
    GatewayFullRow,
    GatewayRow,
    GatewayRowView,
    GatewayTableRow,
    GatewayView,
)
from b2b_dvizhenie.entrypoints.http.pages.parts import Link

_NODE = "1С:УТ, Екатеринбург"
_COMPANY = "7f3a51c2-0b6e-11ec-8d6a-0050569a2b10"
_STATES = ("error", "new", "applied", "superseded", "skipped")
_PAYLOAD = """{
    "rest": "118152.49",
    "currency": "RUB",
    "due_date": "2026-12-09",
    "company_id": "7f3a51c2-0b6e-11ec-8d6a-0050569a2b10",
    "document_id": "c0ffee00-0b6e-11ec-8d6a-0050569a2b10",
    "document_type": "waybill",
    "document_number": "УТ00-004512"
}"""


def _rows() -> tuple[GatewayRow, ...]:
    errors = {"error": "Контрагент ещё не выгружен.", "skipped": "Договор расторгнут, долг списан."}
    return tuple(
        GatewayRow(
            key=f"{_COMPANY}|c0ffee{index:02}-0b6e-11ec-8d6a-0050569a2b10" if index else "",
            table="debts",
            node=_NODE,
            state=state,
            received_at=NOW - timedelta(minutes=7 * index),
            attempts=index,
            deleted=state == "superseded",
            version="100",
            error=errors.get(state, ""),
            url=f"/panel/exchange/gateway/{index}",
        )
        for index, state in enumerate(_STATES)
    )


def gateway() -> GatewayView:
    """Tables that move, one that stands, a full export that waits for a person."""
    return GatewayView(
        tables=(
            GatewayTableRow(
                table="balances",
                node=_NODE,
                url="/panel/exchange/gateway?table=balances",
                waiting=0,
                failed=0,
                applied=12_408,
                last_received=NOW,
                last_movement=NOW,
            ),
            GatewayTableRow(
                table="payment_schedule",
                node=_NODE,
                url="/panel/exchange/gateway?table=payment_schedule",
                waiting=4_812,
                failed=17,
                applied=0,
                oldest=timedelta(hours=2),
                late=True,
                last_received=NOW,
                failed_url="/panel/exchange/gateway?table=payment_schedule&state=error",
                requeue=("a", "payment_schedule"),
            ),
        ),
        fulls=(
            GatewayFullRow(
                table="debts",
                node=_NODE,
                name="f1d7c0de-2026-11-25",
                scope=f"company_id = {_COMPANY}",
                opened_at=NOW,
                waits=True,
                active=312,
                absent=84,
                decide_url="/panel/exchange/gateway/fulls/1",
            ),
            GatewayFullRow(table="stocks", node=_NODE, name="f2", scope="", opened_at=NOW, waits=False),
        ),
        rows=_rows(),
        url="/panel/exchange/gateway",
        kept=(("table", "debts"),),
        states=tuple(Link(one, f"/panel/exchange/gateway?state={one}", one == "") for one in ("", *_STATES)),
        older_url="/panel/exchange/gateway?before=1",
    )


def gateway_empty() -> GatewayView:
    """Nothing has come."""
    return GatewayView(tables=(), rows=(), url="/panel/exchange/gateway", query="нет такого")


def gateway_row() -> GatewayRowView:
    """A refused row that somebody wants to skip without saying why."""
    return GatewayRowView(
        row=_rows()[0],
        payload=_PAYLOAD,
        message_id="0b7c51c2-0b6e-11ec-8d6a-0050569a2b10",
        back_url="/panel/exchange/gateway?table=debts",
        requeue_url="/panel/exchange/gateway/1/requeue",
        skip_url="/panel/exchange/gateway/1/skip",
        skip=Form({"reason": ""}, {"reason": "Укажите причину."}),
    )


def gateway_row_applied() -> GatewayRowView:
    """A row that is in."""
    return GatewayRowView(row=_rows()[2], payload=_PAYLOAD, message_id="", back_url="/panel/exchange/gateway")
