"""Sample currency rates."""

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.rates import HeldRate, RateRow, RatesView, RefusedRate

_DAYS = (-31, 4, 12, -8, 23, 17, -40, 9, 30, 2, -14, 26, 41, 18, -3, 22, -19, 35, 8, -6, 11)


def _walk(start: str) -> tuple[Decimal, ...]:
    values = [Decimal(start)]
    for step in _DAYS:
        values.append(values[-1] + Decimal(step) / 100)
    return tuple(values)


def rates() -> RatesView:
    """One in use, one with a newer one that waits."""
    dollars, euros = _walk("97.4237"), _walk("104.0190")
    held = HeldRate(
        Decimal("1142.37"), NOW.date(), Decimal("983.12"), Form({"reason": ""}, {"reason": "Заполните поле."})
    )
    today = RateRow(
        currency="USD",
        state="used",
        per_unit=dollars[-1],
        percent=Decimal("0.11"),
        values=dollars,
        day=NOW.date(),
        source="cbr",
        fetched_at=NOW - timedelta(hours=3),
    )
    waiting = replace(today, currency="EUR", state="held", per_unit=euros[-1], percent=None, values=euros, held=held)
    refused = RefusedRate(Decimal("9.74"), NOW.date(), "Ошибка источника: пропущен разряд, по телефону подтвердили.")
    return RatesView(
        rows=(replace(today, refused=refused), waiting),
        enabled=True,
        may_manage=True,
        settings_url="/panel/settings",
    )


def rates_missing() -> RatesView:
    """Nobody is asked, and nobody has told any."""
    rows = tuple(RateRow(currency=code, state="missing") for code in ("USD", "EUR"))
    return RatesView(rows=rows, enabled=False, may_manage=False)
