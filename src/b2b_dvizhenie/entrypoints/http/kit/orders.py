"""Sample views of check-out, orders and the person's account."""

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.kit.documents import paper
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW, rows
from b2b_dvizhenie.entrypoints.http.kit.shell import rub
from b2b_dvizhenie.entrypoints.http.pages.account import AccountCompany, ProfileView, SecurityView, SessionRow
from b2b_dvizhenie.entrypoints.http.pages.cart import CartTotals, LineProblem
from b2b_dvizhenie.entrypoints.http.pages.checkout import CheckoutLine, CheckoutView
from b2b_dvizhenie.entrypoints.http.pages.errors import ErrorView
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.orders import (
    OrderEvent,
    OrderLine,
    OrderRow,
    OrderStep,
    OrdersView,
    OrderView,
)
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager, pages
from b2b_dvizhenie.entrypoints.http.pages.shell import Limit
from b2b_dvizhenie.entrypoints.http.portal.security import qr_of

_COMPANY = "ООО «ЭнергоМонтаж»"
_AGREEMENT = "Договор № 118 от 12.03.2026"


def checkout() -> CheckoutView:
    """Everything to choose from, a risen price, an approver."""
    return CheckoutView(
        idempotency_key="0199c2d4",
        price_version="0199c2d4",
        company_id="0199c2d4",
        company=_COMPANY,
        lines=tuple(
            CheckoutLine(title=row.title, article=row.article, quantity=Decimal(12), unit="шт", total=rub("2008.68"))
            for row in rows(5)
        ),
        totals=CartTotals(goods=rub("112640.20"), discount=rub("22704.68"), vat=rub("16218.53"), total=rub("89935.52")),
        form=Form({"client_number": "З-2231"}, {"ship_on": "Доставка возможна не раньше 25 ноября."}),
        agreements=(Choice("1", f"{_AGREEMENT}, Опт-2, отсрочка 30 дней", selected=True), Choice("2", "Предоплата")),
        deliveries=(
            Choice("courier", "Доставка до адреса", selected=True, note="25–27 нояб., бесплатно от 50 000 ₽"),
            Choice("pickup", "Самовывоз", note="Екатеринбург, Шефская 2, сегодня до 18:00"),
            Choice("carrier", "Транспортной компанией", note="До терминала бесплатно"),
        ),
        addresses=(
            Choice("1", "Екатеринбург, ул. Монтажников, 24, склад 3", selected=True),
            Choice("2", "Первоуральск, Вайнера, 2"),
        ),
        warehouses=(Choice("1", "Екатеринбург", selected=True), Choice("2", "Москва, 5–7 дней")),
        payments=(
            Choice("1", "По договору, 30 дней", selected=True, note="С отсрочкой по договору"),
            Choice("2", "Предоплата по счёту"),
        ),
        credit=(
            LineProblem(
                "Заказ превышает кредитный лимит, не хватает 12 400 RUB. Заказ всё же можно оформить, если оплатить его"
                " другим способом: «Предоплата по счёту».",
                blocks=True,
            ),
        ),
        limit=Limit(rub("500000"), rub("208088.01"), 42),
        needs_approval="Павел Дёмин",
        risen=rub("201.20"),
        offer_url="/offer",
    )


def checkout_cannot_pay() -> CheckoutView:
    """No way to pay is open to the company."""
    return replace(checkout(), payments=(), cannot_pay=True)


def orders() -> OrdersView:
    """A list in all states."""
    states = (
        ("new", "unpaid", None, ""),
        ("awaiting_payment", "overdue", 0, "УТ-004512"),
        ("partly_shipped", "partly_paid", 64, "УТ-004498"),
        ("failed", "", None, ""),
        ("completed", "paid", 100, "УТ-004377"),
        ("shipping", "paid", 20, "УТ-004401"),
        ("cancelled", "", None, "УТ-004310"),
    )
    return OrdersView(
        rows=tuple(
            OrderRow(
                url=f"/orders/{index}",
                number=str(10482 - index),
                erp_number=erp,
                placed_at=NOW - timedelta(days=index * 3, hours=index),
                status=status,
                payment=payment,
                company=_COMPANY if index % 3 else "АО «Промышленные сети и подстанции Северо-Запада»",
                author="Ирина Соколова",
                positions=1 + index * 4,
                total=rub(f"{186452 - index * 21370}.30"),
                shown=Money(Decimal("1914.06"), "USD") if index == 1 else None,
                shipped_percent=shipped,
                documents=index % 4,
                repeat_url=f"/orders/{index}/repeat",
            )
            for index, (status, payment, shipped, erp) in enumerate(states)
        ),
        pager=pages(112, 1, 25, "/orders?page={page}"),
        url="/orders",
        statuses=(
            Link("", "/orders", current=True, count=112),
            Link("new", "/orders?status=new", count=2),
            Link("in_progress", "/orders?status=in_progress", count=5),
            Link("awaiting_payment", "/orders?status=awaiting_payment", count=1),
            Link("shipping", "/orders?status=shipping", count=3),
            Link("completed", "/orders?status=completed", count=98),
        ),
        companies=(Choice("", "Все компании", selected=True), Choice("1", _COMPANY)),
        export_url="/orders/export.xlsx",
        total=rub("4218330.10"),
    )


def orders_empty() -> OrdersView:
    """Nothing ordered yet."""
    return OrdersView(rows=(), pager=Pager(first=0, last=0, total=0), url="/orders")


def orders_not_found() -> OrdersView:
    """Filters that leave nothing."""
    return OrdersView(rows=(), pager=Pager(first=0, last=0, total=0), url="/orders?q=x", query="99999", filtered=True)


def order() -> OrderView:
    """An order under way that the seller has changed."""
    goods = rows(5)
    return OrderView(
        number="10476",
        placed_at=NOW - timedelta(days=4),
        status="partly_shipped",
        company=_COMPANY,
        erp_number="УТ-004498",
        erp_synced_at=NOW,
        client_number="З-2231",
        agreement=_AGREEMENT,
        author="Ирина Соколова",
        manager="Артур Закиров",
        manager_phone="+7 343 555-01-42",
        delivery="Доставка",
        address="Екатеринбург, ул. Монтажников, 24, склад 3",
        ship_on=NOW.date() + timedelta(days=3),
        pay_until=NOW.date() + timedelta(days=26),
        payment="partly_paid",
        pay_by="По договору, 30 дней",
        pay_kind="on_account",
        total=rub("145082.10"),
        paid=rub("72541.05"),
        discount=rub("31204.66"),
        vat=rub("26162.35"),
        comment="Позвонить за час до приезда, пропуск на машину нужен заранее.",
        lines=tuple(
            OrderLine(
                title=row.title,
                article=row.article,
                url=row.url,
                quantity=Decimal(48),
                unit="шт",
                price=row.price.amount,
                base=row.price.base,
                percent=row.price.percent,
                total=rub("8034.72"),
                price_shown=Money(Decimal("2.09"), "USD") if index < 2 else None,
                total_shown=Money(Decimal("100.43"), "USD") if index < 2 else None,
                confirmed=Decimal(36 if index == 1 else 48),
                shipped=Decimal(0 if index > 2 else 36),
                comment="Щит ЩР-2" if index == 0 else "",
            )
            for index, row in enumerate(goods)
        ),
        steps=(
            OrderStep(status="new", state="done", at=NOW - timedelta(days=4)),
            OrderStep(status="sent", state="done", at=NOW - timedelta(days=4, minutes=-2)),
            OrderStep(status="reserved", state="done", at=NOW - timedelta(days=3)),
            OrderStep(status="partly_shipped", state="current", at=NOW - timedelta(hours=20)),
            OrderStep(status="completed", state="todo"),
        ),
        documents=(
            paper("invoice", "4498", "partly_paid", rub("145082.10")),
            paper("upd", "7712", "signed", rub("72541.05")),
        ),
        documents_url="/documents?order=10476",
        events=(
            OrderEvent(at=NOW - timedelta(hours=20), text="Отгружено 3 позиции", who="1С", note="УПД № 7712"),
            OrderEvent(at=NOW - timedelta(days=2), text="Получена оплата 72 541,05 ₽", who="1С"),
            OrderEvent(at=NOW - timedelta(days=3), text="Количество изменено: 48 → 36 шт", who="Артур Закиров"),
            OrderEvent(at=NOW - timedelta(days=4), text="Заказ оформлен", who="Ирина Соколова"),
        ),
        changed_by_erp=("VA47-29-3P-25C: 36 шт вместо 48 шт",),
        pay_url="/orders/10476/pay",
        repeat_url="/orders/10476/repeat",
        cancel_url="/orders/10476/cancel",
        print_url="/orders/10476/print",
        export_url="/orders/10476/export.xlsx",
    )


def order_failed() -> OrderView:
    """An order 1C has refused."""
    one = order()
    steps = (
        one.steps[0],
        OrderStep(status="failed", state="failed", at=NOW - timedelta(days=3), note="повтор через 5 минут"),
        OrderStep(status="reserved", state="todo"),
        OrderStep(status="completed", state="todo"),
    )
    return replace(
        one,
        status="failed",
        steps=steps,
        problem="1С не приняла заказ: договор № 118 закрыт. Менеджер уже видит это; заказ не потерян.",
        erp_number="",
        documents=(),
        changed_by_erp=(),
        pay_url=None,
        events=one.events[-1:],
    )


def profile() -> ProfileView:
    """The buyer's profile."""
    return ProfileView(
        name="Ирина Соколова",
        role="client",
        phone="+79123456789",
        email="i.sokolova@example.ru",
        companies=(
            AccountCompany(name=_COMPANY, inn="7701234567", kpp="770101001", terms="Опт-2", current=True),
            AccountCompany(name="ИП Савельев Пётр Андреевич", inn="770112345678"),
        ),
    )


def security() -> SecurityView:
    """Three sessions, the second factor off."""
    return SecurityView(
        sessions=(
            SessionRow(
                id="1",
                device="Chrome, Windows",
                address="91.210.14.7",
                started_at=NOW - timedelta(days=2),
                seen_at=NOW,
                expires_at=NOW + timedelta(days=28),
                current=True,
            ),
            SessionRow(
                id="2",
                device="Мобильное приложение, Android",
                address="176.59.40.112",
                started_at=NOW - timedelta(days=14),
                seen_at=NOW - timedelta(hours=7),
                expires_at=NOW + timedelta(days=16),
            ),
            SessionRow(
                id="3",
                device="Firefox, Linux",
                address="2a02:6b8::2:242",
                started_at=NOW - timedelta(days=20),
                seen_at=NOW - timedelta(days=11),
                expires_at=NOW + timedelta(days=10),
            ),
        ),
        password_form=Form({}, {"current_password": "Пароль не подходит."}),
        password_changed_at=NOW - timedelta(days=120),
    )


def second_factor() -> SecurityView:
    """The second factor on its way to be switched on."""
    return replace(
        security(),
        password_form=Form(),
        totp_secret="JBSW Y3DP EHPK 3PXP",  # noqa: S106 - an example of the format
        totp_qr=qr_of("otpauth://totp/example"),
        totp_due=True,
        totp_required=True,
    )


def second_factor_on() -> SecurityView:
    """The second factor just switched on."""
    codes = tuple(f"{number:05d}-{number * 7 % 100000:05d}" for number in range(14210, 99999, 9009))
    return replace(security(), password_form=Form(), totp_enabled=True, recovery_codes=codes, recovery_codes_left=10)


def error(status: int) -> ErrorView:
    """A refusal of the given kind."""
    details = {
        403: "Эта страница доступна только с правом «Журнал обмена». Его может дать администратор.",
        404: "Не найдено. Возможно, ссылка устарела или у вас нет доступа.",
        429: "Слишком много запросов. Подождите немного и повторите.",
        500: "Ошибка на нашей стороне. Мы уже знаем о ней; повторите позже.",
        503: "База данных перезапускается. Обычно это занимает меньше минуты.",
    }
    return ErrorView(
        status=status,
        detail=details[status],
        request_id="0199c2d45a7e7c31" if status >= 500 else "",
        retry_after=42 if status == 429 else None,
        support="Поддержка: +7 343 555-01-00" if status >= 500 else "",
    )
