"""Sample views of the panel."""

from datetime import date, timedelta
from decimal import Decimal

from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.pages.dashboard import Bar, DashboardView, FeedItem, Series, TableRow, Tile
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager
from b2b_dvizhenie.entrypoints.http.pages.staff import (
    AuditRow,
    AuditView,
    Setting,
    SettingsGroup,
    SettingsView,
)


def dashboard() -> DashboardView:
    """A month of sales."""
    values = tuple(Decimal((day * 7919 % 23) * 96 + (240 if day % 7 < 5 else 40)) for day in range(30))
    previous = tuple(Decimal((day * 5347 % 19) * 98 + 180) for day in range(30))
    first = date(2026, 10, 24)
    captions = tuple(f"{(first + timedelta(days=day)):%d.%m}" for day in range(30))
    history = tuple(Decimal((day * 37) % 17 + day // 3) for day in range(14))
    return DashboardView(
        title="Статистика",
        period="24 окт. — 22 нояб. 2026, в сравнении с предыдущими 30 днями",
        periods=(Link("7 дн", "?days=7"), Link("30 дн", "?days=30", current=True), Link("Квартал", "?days=90")),
        branches=(Link("Все филиалы", "?", current=True), Link("Москва", "?b=1"), Link("Екатеринбург", "?b=2")),
        tiles=(
            Tile(
                title="Заказы",
                value="842",
                url="/panel/orders",
                change=Decimal("12.4"),
                history=history,
                note="за 30 дней",
            ),
            Tile(
                title="Сумма заказов",
                value="38,6 млн ₽",
                url="/panel/orders",
                change=Decimal("8.1"),
                history=history[::-1],
                note="план 92 %",
            ),
            Tile(
                title="Средний чек", value="45 870 ₽", change=Decimal("-3.8"), history=history, note="медиана 21 340 ₽"
            ),
            Tile(
                title="Новые пользователи",
                value="37",
                change=Decimal(0),
                history=history,
                note="из них 29 с заказом",
            ),
            Tile(
                title="Счета → отгрузки",
                value="91 % → 84 %",
                change=Decimal("1.9"),
                history=history,
                note="выставлено / отгружено",
            ),
            Tile(
                title="Отказники",
                value="11 %",
                change=Decimal("-0.6"),
                good=False,
                history=history,
                note="137 человек",
                definition="Вошли в систему за период, но не оформили заказ",
            ),
        ),
        series=Series(title="Заказы по дням", unit="тыс. ₽", captions=captions, values=values, previous=previous),
        funnel=(
            Bar("Зарегистрированы", 1240, 100),
            Bar("Вошли за месяц", 918, 74),
            Bar("Собрали корзину", 604, 49),
            Bar("Оформили заказ", 431, 35),
            Bar("Повторный заказ", 288, 23),
        ),
        funnel_note="Среднее число заказов на клиента: 1,95.",
        table_title="Работа менеджеров",
        table_head=("Менеджер", "Филиал", "Заказы", "Сумма, ₽", "Обработано", "Отмены"),
        table_texts=2,
        table=(
            TableRow(("Ирина Котова", "Москва", "214", "9 842 310,00", "96 %", "1"), "/panel/users/1"),
            TableRow(("Павел Дёмин", "Москва", "187", "8 120 455,20", "91 %", "2"), "/panel/users/2"),
            TableRow(("Ольга Рябова", "С.-Петербург", "164", "7 455 002,80", "94 %", "0"), "/panel/users/3"),
            TableRow(("Артур Закиров", "Екатеринбург", "141", "6 903 118,40", "88 %", "5"), "/panel/users/4"),
        ),
        table_url="/panel/statistics/managers",
        feed=(
            FeedItem(
                at=NOW,
                kind="order",
                title="Заказ № 10 482",
                note="ООО «ЭнергоМонтаж» · 186 452,30 ₽",
                state="new",
                url="/panel/orders/1",
            ),
            FeedItem(
                at=NOW - timedelta(minutes=2),
                kind="payment",
                title="Оплата картой",
                note="ИП Савельев · 12 940,00 ₽",
                state="paid",
                state_kind="payment",
            ),
            FeedItem(
                at=NOW - timedelta(minutes=6),
                kind="user",
                title="Новый пользователь",
                note="ООО «СтройСвет», ждёт назначения менеджера",
                state="invited",
                state_kind="user",
            ),
            FeedItem(
                at=NOW - timedelta(minutes=15),
                kind="exchange",
                title="Обмен «Остатки»",
                note="12 408 строк за 38 с",
                state="ok",
                state_kind="run",
            ),
            FeedItem(
                at=NOW - timedelta(minutes=25),
                kind="exchange",
                title="Обмен «Документы»",
                note="нет связи со шлюзом",
                state="error",
                state_kind="run",
            ),
        ),
        export_url="/panel/statistics.xlsx",
        feed_url="/_kit-feed",
    )


def settings() -> SettingsView:
    """Settings of every kind."""
    return SettingsView(
        title="Настройки: витрина",
        sections=(
            Link("Витрина", "/panel/settings/portal", current=True),
            Link("Заказы", "/panel/settings/orders"),
            Link("Уведомления", "/panel/settings/notifications"),
            Link("Обмен", "/panel/settings/exchange"),
        ),
        action="/panel/settings/portal",
        version="7",
        saved=True,
        groups=(
            SettingsGroup(
                "brand",
                "Бренд",
                (
                    Setting(
                        name="brand.name",
                        title="Название портала",
                        hint="В шапке, письмах и документах.",
                        kind="text",
                        value="ВольтОпт",
                        changed_by="Анна Орлова",
                        changed_at=NOW,
                    ),
                    Setting(
                        name="brand.colour",
                        title="Цвет",
                        hint="Оттенки кнопок и ссылок подбираются так, чтобы текст читался в обеих темах.",
                        kind="colour",
                        value="#1757d6",
                        default="#1757d6",
                    ),
                ),
            ),
            SettingsGroup(
                "prices",
                "Цены",
                (
                    Setting(
                        name="prices.hidden",
                        title="Если цены скрыты уровнем доступа",
                        hint="Что видит покупатель первого уровня.",
                        kind="choice",
                        value="default",
                        default="цены по умолчанию",
                        choices=(Choice("default", "Цены вида «Розница»"), Choice("conceal", "Без цен")),
                    ),
                    Setting(
                        name="prices.deadline",
                        title="Ждать ответа 1С",
                        hint="Дольше страница не ждёт и показывает последнюю известную цену.",
                        kind="number",
                        value="-1",
                        unit="мс",
                        default="800",
                        error="Нужно число от 100 до 10 000.",
                    ),
                    Setting(
                        name="prices.live",
                        title="Уточнять цены в 1С",
                        hint="При открытии каталога, карточки и корзины.",
                        kind="switch",
                        value="true",
                        restart=True,
                    ),
                    Setting(
                        name="sms.key",
                        title="Ключ SMS-шлюза",
                        hint="Хранится зашифрованным.",
                        kind="secret",
                        value="x",
                        test_url="/panel/settings/sms/test",
                    ),
                    Setting(
                        name="http.public_url",
                        title="Адрес портала",
                        hint="Для ссылок в письмах.",
                        kind="text",
                        value="https://b2b.example.ru",
                        from_environment=True,
                    ),
                    Setting(
                        name="http.networks",
                        title="Доверенные сети",
                        hint="Одна сеть на строку.",
                        kind="lines",
                        value="10.0.0.0/8\n91.210.14.0/24",
                    ),
                ),
            ),
        ),
    )


def audit() -> AuditView:
    """Changes of prices, rights and settings."""
    return AuditView(
        rows=(
            AuditRow(
                at=NOW,
                who="Анна Орлова",
                action="Изменена скидка",
                subject="Линэл, договор № 118",
                subject_url="/panel/pricing/rules/1",
                changes=(("Процент", "20 %", "22 %"), ("Действует до", "", "31.12.2026")),
                address="91.210.14.7",
            ),
            AuditRow(
                at=NOW - timedelta(hours=2),
                who="Анна Орлова",
                acting_for="Ирина Соколова",
                action="Заказ оформлен за клиента",
                subject="№ 10 476",
                subject_url="/panel/orders/10476",
            ),
            AuditRow(
                at=NOW - timedelta(days=1),
                who="Система",
                action="Отозван сеанс",
                subject="o.petrenko@example.ru",
                changes=(("Состояние", "работает", "заблокирован"),),
            ),
        ),
        pager=Pager(first=0, last=0, total=0, next_url="/panel/audit?before=1"),
        url="/panel/audit",
        kinds=(Choice("prices", "Цены"), Choice("rights", "Права")),
        newest_url="/panel/audit",
        export_url="/panel/audit.xlsx",
    )


def audit_empty() -> AuditView:
    """Nothing in the selection."""
    return AuditView(rows=(), pager=Pager(first=0, last=0, total=0), url="/panel/audit")
