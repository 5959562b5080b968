"""Sample views of the exchange monitor and the queue."""

from datetime import timedelta
from decimal import Decimal

from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.pages.exchange import (
    CategoryTile,
    ExchangeView,
    JobRow,
    JobsView,
    LogRow,
    NodeView,
    ReadinessCheck,
    RunRow,
    RunView,
    ScheduleRow,
)
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager, pages

_NODE = "1С:УТ, Екатеринбург"


def runs(count: int = 6) -> tuple[RunRow, ...]:
    """Runs in all states."""
    states = ("running", "error", "ok", "warning", "ok", "cancelled")
    categories = ("Остатки", "Документы", "Товары", "Цены", "Остатки", "Заказы")
    return tuple(
        RunRow(
            url=f"/panel/exchange/runs/{index}",
            started_at=NOW - timedelta(minutes=index * 11),
            category=categories[index % 6],
            node=_NODE,
            state=states[index % 6],
            seconds=None if states[index % 6] == "running" else Decimal(f"{38 - index}.4"),
            read=12408 - index * 1117,
            changed=312 * (index % 4),
            failed=(0, 17, 0, 3, 0, 0)[index % 6],
            bytes=4_812_300,
            trigger=("erp", "schedule", "erp", "manual", "erp", "retry")[index % 6],
        )
        for index in range(count)
    )


def exchange() -> ExchangeView:
    """The monitor with one fault and one delay."""
    ok = NOW - timedelta(minutes=12)
    return ExchangeView(
        tiles=(
            CategoryTile(
                title="Документы",
                node=_NODE,
                url="/panel/exchange?category=documents",
                state="error",
                last_ok_at=NOW - timedelta(hours=5),
                objects=214,
                failed=17,
                problem="Счёт № 4512: контрагент 7f3a… не найден",
            ),
            CategoryTile(
                title="Балансы",
                node=_NODE,
                url="/panel/exchange?category=balances",
                state="overdue",
                last_ok_at=NOW - timedelta(hours=3),
                late_by=timedelta(hours=2, minutes=10),
                objects=1204,
            ),
            CategoryTile(
                title="Цены",
                node=_NODE,
                url="/panel/exchange?category=prices",
                state="warning",
                last_ok_at=ok,
                objects=84120,
                failed=3,
            ),
            CategoryTile(
                title="Остатки",
                node=_NODE,
                url="/panel/exchange?category=stock",
                state="running",
                last_ok_at=ok,
                objects=12408,
            ),
            CategoryTile(
                title="Товары",
                node=_NODE,
                url="/panel/exchange?category=goods",
                state="ok",
                last_ok_at=ok,
                objects=100210,
            ),
            CategoryTile(
                title="Заказы",
                node=_NODE,
                url="/panel/exchange?category=orders",
                state="ok",
                last_ok_at=NOW - timedelta(minutes=1),
                objects=14,
            ),
            CategoryTile(title="Картинки", node=_NODE, url="/panel/exchange?category=pictures", state="never"),
        ),
        runs=runs(),
        pager=pages(4218, 3, 25, "/panel/exchange?page={page}"),
        url="/panel/exchange",
        refreshed_at=NOW,
        states=(
            Link("", "/panel/exchange", current=True, count=4218),
            Link("error", "/panel/exchange?state=error", count=12),
            Link("warning", "/panel/exchange?state=warning", count=40),
            Link("ok", "/panel/exchange?state=ok", count=4166),
        ),
        nodes=(Choice("", "Все узлы", selected=True), Choice("1", _NODE)),
        categories=(Choice("", "Все категории", selected=True), Choice("goods", "Товары")),
        start_url="/panel/exchange/start",
    )


def exchange_empty() -> ExchangeView:
    """Before the first exchange."""
    return ExchangeView(
        tiles=(), runs=(), pager=Pager(first=0, last=0, total=0), url="/panel/exchange", refreshed_at=NOW
    )


def run() -> RunView:
    """A run with errors, still going."""
    rows = (
        LogRow(
            at=NOW,
            level="error",
            object_kind="Счёт",
            object_ref="7f3a1c52-0d3e-11f0-9a5b-00155d0a1f02",
            object_title="№ 4512 от 22.11.2026",
            text="Контрагент не найден: сначала должна прийти карточка контрагента.",
            code="exchange.partner_unknown",
            file="documents_1_1.xml",
            line=1204,
            payload_url="/panel/exchange/log/1",
            retry_url="/panel/exchange/log/1/retry",
        ),
        LogRow(
            at=NOW,
            level="warning",
            object_kind="УПД",
            object_ref="7f3a1c53-0d3e-11f0-9a5b-00155d0a1f02",
            object_title="№ 7712",
            text="Сумма документа не равна сумме строк: 72 541,05 и 72 541,00. Взята сумма документа.",
            file="documents_1_1.xml",
            line=1310,
            payload_url="/panel/exchange/log/2",
        ),
        LogRow(
            at=NOW,
            level="changed",
            object_kind="Заказ",
            object_ref="7f3a1c54-0d3e-11f0-9a5b-00155d0a1f02",
            object_title="№ 10 476",
            text="Статус: «Зарезервирован» → «Отгружен частично».",
            object_url="/panel/orders/10476",
        ),
    )
    return RunView(
        run=runs(2)[1],
        rows=rows,
        pager=pages(231, 1, 100, "/panel/exchange/runs/1?page={page}"),
        url="/panel/exchange/runs/1",
        progress=64,
        levels=(
            Link("", "?", current=True, count=231),
            Link("error", "?level=error", count=17),
            Link("warning", "?level=warning", count=3),
            Link("changed", "?level=changed", count=211),
        ),
        files=(("documents_1_1.xml", "4,6 МБ"), ("documents_1_2.xml", "1,1 МБ")),
        error="Файл documents_1_2.xml прислан не до конца: 1С оборвала связь на 78 %.",
        retry_url="/panel/exchange/runs/1/retry",
        cancel_url="/panel/exchange/runs/1/cancel",
    )


def node() -> NodeView:
    """A node with a fresh password."""
    return NodeView(
        title=_NODE,
        form=Form(),
        address="https://b2b.example.ru/1c_exchange.php",
        login="ut-ekb",
        new_password="mL7-Qx4v-9hTz",  # noqa: S106 - an example of the format
        last_seen_at=NOW,
        client="1С+Enterprise/8.3.27, CommerceML 2.10",
        protocols=(
            Choice("cml", "CommerceML (обмен с сайтом)", selected=True),
            Choice("json", "Шлюзовые таблицы JSON"),
        ),
        tables=(Choice("stocks", "stocks", selected=True), Choice("debts", "debts", selected=False)),
        rights=(
            Choice("catalog", "Выгружать товары, цены и остатки", selected=True),
            Choice("sale", "Забирать заказы и отдавать документы", selected=True, note="Только от своих фирм"),
        ),
        addresses="91.210.14.0/24",
        schedule=(
            ScheduleRow(
                category="Товары", rule="каждые 2 часа", state="ok", last_ok_at=NOW, late_after="опоздание через 3 ч"
            ),
            ScheduleRow(
                category="Остатки",
                rule="каждые 15 минут",
                state="overdue",
                last_ok_at=NOW - timedelta(hours=3),
                run_url="/run",
            ),
            ScheduleRow(category="Картинки", rule="вручную", state="never", run_url="/run"),
        ),
        readiness=(
            ReadinessCheck(title="Артикулы уникальны", state="error", count=41, url="/panel/exchange/checks/1"),
            ReadinessCheck(title="Товары без цены", state="warning", count=318, url="/panel/exchange/checks/2"),
            ReadinessCheck(title="Дубли товаров", state="ok"),
        ),
        runs=runs(3),
    )


def jobs() -> JobsView:
    """The queue with dead letters."""
    kinds = ("ordering.send_to_erp", "notifications.send_sms", "exchange.apply_file", "feeds.build")
    titles = (
        "Передать заказ № 10 482 в 1С",
        "SMS на +7 912 ***-**-89",
        "Применить offers_2_1.xml",
        "Собрать YML для Маркета",
    )
    errors = ("1С ответила 503 трижды подряд: «Сеанс заблокирован регламентной операцией»", "", "", "")
    states = ("dead", "retrying", "running", "waiting")
    return JobsView(
        rows=tuple(
            JobRow(
                id=str(index),
                title=titles[index],
                kind=kinds[index],
                state=states[index],
                created_at=NOW - timedelta(minutes=14 * index + 2),
                attempts=(10, 3, 1, 0)[index],
                limit=10,
                next_at=NOW + timedelta(minutes=4) if states[index] == "retrying" else None,
                worker="worker-2" if states[index] == "running" else "",
                error=errors[index],
                payload_url=f"/panel/jobs/{index}",
            )
            for index in range(4)
        ),
        pager=pages(4, 1, 50, "/panel/jobs?page={page}"),
        url="/panel/jobs",
        states=(
            Link("", "/panel/jobs", current=True, count=4),
            Link("dead", "/panel/jobs?state=dead", count=1),
            Link("waiting", "/panel/jobs?state=waiting", count=1),
        ),
        kinds=(Choice("", "Все виды", selected=True), Choice(kinds[0], "Передача заказов")),
        oldest=timedelta(minutes=43),
        per_minute=Decimal("128.5"),
    )


def jobs_empty() -> JobsView:
    """Nothing to do."""
    return JobsView(
        rows=(),
        pager=Pager(first=0, last=0, total=0),
        url="/panel/jobs",
        states=(Link("", "/panel/jobs", current=True),),
    )
