"""Sample views of the buyer's pages."""

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from b2b_dvizhenie.domain.pricing import Display, Exchange, Rate
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW, row, rows
from b2b_dvizhenie.entrypoints.http.kit.shell import rub
from b2b_dvizhenie.entrypoints.http.pages.cart import CartLine, CartTotals, CartView, LineProblem
from b2b_dvizhenie.entrypoints.http.pages.catalogue import CatalogueView, SearchNote
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.login import LoginView
from b2b_dvizhenie.entrypoints.http.pages.parts import (
    Facet,
    FacetOption,
    Link,
    LiveStatus,
    Pager,
    Price,
    RangeFacet,
    SectionNode,
    Sort,
    Stock,
    pages,
)
from b2b_dvizhenie.entrypoints.http.pages.product import (
    CharacteristicGroup,
    Picture,
    PriceReason,
    ProductFile,
    ProductView,
    ReasonStep,
)
from b2b_dvizhenie.entrypoints.http.pages.shell import Limit
from b2b_dvizhenie.entrypoints.http.portal.displaying import row_in

_DESCRIPTION = """
<p>Защищает линию от перегрузки и короткого замыкания. Крепится на рейку 35 мм; насечки на зажимах не дают проводнику
выскользнуть.</p><ul><li>Окно состояния контактов</li><li>Пломбируемая рукоятка</li></ul>
"""
_SORTS = Sort("frequent", ("frequent", "name", "price", "-price", "-stock"))


def sections() -> tuple[SectionNode, ...]:
    """The way to the section of breakers."""
    children = (
        SectionNode("Автоматические выключатели", "/catalog?section=breakers", 186, current=True),
        SectionNode("Дифавтоматы", "/catalog?section=rcbo", 74),
        SectionNode("УЗО", "/catalog?section=rcd", 61),
        SectionNode("Контакторы", "/catalog?section=contactors", 52),
    )
    names = (("Кабель и провод", 1280), ("Кабеленесущие системы", 936), ("Щиты и боксы", 344), ("Светотехника", 2110))
    others = tuple(SectionNode(name, "/catalog?section=other", count) for name, count in names)
    return (
        SectionNode("Модульное оборудование", "/catalog?section=modular", 412, open=True, children=children),
        *others,
    )


def facets() -> tuple[Facet, ...]:
    """Filters with selected, ordinary and empty options."""
    options = FacetOption
    return (
        Facet(
            "stock",
            "Наличие",
            (
                options("mine", "На моём складе", 18, selected=True),
                options("any", "На других складах", 21),
                options("order", "Под заказ", 2),
            ),
        ),
        Facet(
            "brand",
            "Бренд",
            (
                options("linel", "Линэл", 7, selected=True),
                options("ektra", "Эктра", 5, selected=True),
                options("se", "Система-Электро", 5),
                options("dkc", "Дикон", 3),
                options("nav", "Навигатор", 0),
            ),
        ),
        Facet("poles", "Количество полюсов", tuple(options(str(n), f"{n}P", 9 - n) for n in range(1, 5))),
    )


def catalogue(count: int = 13) -> CatalogueView:
    """A section with filters applied and two prices changed by the ERP."""
    return CatalogueView(
        title="Автоматические выключатели",
        rows=rows(count),
        pager=pages(186, 1, 25, "/catalog?section=breakers&page={page}"),
        sort=_SORTS,
        url="/catalog?section=breakers",
        crumbs=(Link("Каталог", "/catalog"), Link("Модульное оборудование", "/catalog?section=modular")),
        sections=sections(),
        facets=facets(),
        ranges=(RangeFacet("price", "Цена, ₽", "9,85", "3 490"),),
        applied=(
            Link("На моём складе", "/catalog?section=breakers"),
            Link("Линэл", "/catalog?section=breakers"),
            Link("Эктра", "/catalog?section=breakers"),
        ),
        reset_url="/catalog?section=breakers",
        hidden=(("section", "breakers"),),
        status=LiveStatus(NOW, 2),
        export_url="/catalog/export.xlsx?section=breakers",
    )


DOLLARS = Display(
    "RUB",
    "USD",
    Exchange([Rate("USD", Decimal("98.4237"), NOW.date(), "cbr")], NOW.date(), 5),
    (Rate("USD", Decimal("98.4237"), NOW.date(), "cbr"),),
)


def catalogue_in_dollars() -> CatalogueView:
    """The same section for a viewer who chose to see dollars."""
    return replace(catalogue(), rows=tuple(row_in(one, DOLLARS) for one in rows(13)), status=None)


def catalogue_of(brands: tuple[str, ...]) -> CatalogueView:
    """The same section narrowed to other brands: what a changed filter asks the server for."""
    stock, brand, *others = facets()
    options = tuple(replace(option, selected=option.value in brands) for option in brand.options)
    chosen = tuple(option for option in options if option.selected)
    names = {option.title for option in chosen}
    goods = tuple(line for line in rows(13) if not names or line.brand in names)
    return replace(
        catalogue(),
        rows=goods,
        pager=pages(len(goods), 1, 25, "/catalog?page={page}"),
        facets=(stock, replace(brand, options=options), *others),
        applied=tuple(Link(option.title, "/catalog") for option in chosen),
        status=None,
    )


def search_results() -> CatalogueView:
    """Results of a mistyped query, the ERP silent, a viewer who sees no prices among the lines."""
    concealed = tuple(replace(line, price=Price(amount=None)) for line in rows(3))
    return CatalogueView(
        title="Поиск: дифафтомат",
        rows=(*concealed, replace(row(5), price=Price(amount=rub("2873.96"), stale_since=NOW - timedelta(hours=5)))),
        pager=Pager(first=1, last=4, total=4),
        sort=Sort("relevance", ("relevance", "price", "-price")),
        url="/search?q=x",
        query="дифафтомат",
        note=SearchNote("дифавтомат", "/search?q=x&literal=1"),
        status=LiveStatus(NOW, stale=True),
    )


def nothing_found() -> CatalogueView:
    """A search without results."""
    return CatalogueView(
        title="Поиск: щтщ-404",
        rows=(),
        pager=Pager(first=0, last=0, total=0),
        sort=Sort("relevance", ("relevance",)),
        url="/search?q=x",
        query="щтщ-404",
        reset_url="/catalog",
    )


def reason() -> PriceReason:
    """Why the first line costs what it costs."""
    line = row(0)
    return PriceReason(
        title=line.title,
        article=line.article,
        price=line.price,
        steps=(
            ReasonStep(title="Базовая цена «Опт-2»", outcome="base", result=rub("214.60")),
            ReasonStep(
                title="Скидка на бренд «Линэл»",
                outcome="won",
                percent=Decimal(22),
                change=rub("-47.21"),
                note="Договор № 118 от 12.03.2026, действует до 31.12.2026",
            ),
            ReasonStep(
                title="Скидка на категорию «Модульное оборудование»",
                outcome="lost",
                percent=Decimal(10),
                note="Меньше скидки на бренд; применяется большая из двух",
            ),
            ReasonStep(
                title="Скидка за количество",
                outcome="unmatched",
                percent=Decimal(25),
                note="От 240 шт, в корзине 24 шт",
            ),
            ReasonStep(title="Округление до копейки", outcome="rounding", change=rub("0")),
        ),
        valid_note="Цена действует для количества до 239 шт.",
    )


def product() -> ProductView:
    """A card with everything on it."""
    line = row(0)
    coming = tuple(
        replace(
            stock,
            expected=NOW.date() + timedelta(days=9) if stock.level == "none" else None,
            expected_quantity=Decimal(480) if stock.short == "Мск" else None,
        )
        for stock in line.stock.lines
    )
    return ProductView(
        id=line.id,
        title=line.title,
        article=line.article,
        price=line.price,
        stock=Stock(coming),
        quantity=line.quantity,
        total=line.total,
        crumbs=(
            Link("Каталог", "/catalog"),
            Link("Модульное оборудование", "/catalog?section=modular"),
            Link("Автоматические выключатели", "/catalog?section=breakers"),
        ),
        brand=Link("Линэл", "/catalog?brand=linel"),
        barcode="4606056047363",
        code="УТ-00012874",
        pack="В коробке 144 шт, вес 0,12 кг.",
        vat="НДС 22 % в цене",
        pictures=tuple(
            Picture(f"/_kit/picture-{n}.svg", f"/_kit/picture-{n}.svg", f"{line.title}, вид {n}") for n in (1, 2, 3)
        ),
        characteristics=(
            CharacteristicGroup(
                "Электрические",
                (
                    ("Номинальный ток", "16 А"),
                    ("Количество полюсов", "1"),
                    ("Характеристика срабатывания", "C"),
                    ("Отключающая способность", "4,5 кА"),
                    ("Номинальное напряжение", "230/400 В"),
                    ("Частота", "50 Гц"),
                    ("Износостойкость", "не менее 6000 циклов"),
                ),
            ),
            CharacteristicGroup(
                "Конструкция и монтаж",
                (
                    ("Ширина", "1 модуль, 18 мм"),
                    ("Степень защиты", "IP20"),
                    ("Сечение проводников", "1–25 мм²"),
                    ("Диапазон температур", "от −40 до +50 °С"),
                ),
            ),
        ),
        description_html=_DESCRIPTION,
        reason=reason(),
        variants=rows(3)[1:],
        related=(row(6), row(8), row(10)),
        files=(
            ProductFile("Сертификат ЕАЭС RU С-RU.АБ53.В.01234/26", "/files/1", "PDF", "1,2 МБ"),
            ProductFile("Паспорт изделия", "/files/2", "PDF", "640 КБ"),
        ),
        favourite=True,
    )


def product_plain() -> ProductView:
    """A card without variants, pictures and discount: discontinued, sold by the piece, in a cart already."""
    line = row(6)
    return replace(
        product(),
        title=line.title,
        article=line.article,
        price=replace(line.price, base=None, percent=None, previous=rub("1290.00")),
        quantity=line.quantity,
        total=line.total,
        pictures=(),
        characteristics=(CharacteristicGroup("", (("Ток утечки", "30 мА"), ("Номинальный ток", "25 А"))),),
        variants=(),
        related=rows(2),
        reason=None,
        discontinued=True,
    )


def cart() -> CartView:
    """A cart with a risen price, a line that blocks and one that warns."""
    problems = {
        1: (
            LineProblem(
                "На складе только 96 шт — уменьшите количество или согласитесь на поставку 20 дек.", blocks=True
            ),
        ),
        3: (LineProblem("Цена выросла с 813,29 до 838,44 ₽"),),
    }
    quantities = {0: 24, 1: 120, 3: 8, 6: 3, 8: 15}
    lines = tuple(
        cart_line(index, Decimal(quantity), problems.get(index, ())) for index, quantity in quantities.items()
    )
    return CartView(
        lines=lines,
        totals=CartTotals(
            goods=rub("112640.20"),
            discount=rub("22704.68"),
            vat=rub("16218.53"),
            total=rub("89935.52"),
            weight="41,6 кг",
        ),
        limit=Limit(rub("500000"), rub("208088.01"), 42),
        company="ООО «ЭнергоМонтаж»",
        agreement="Договор № 118 от 12.03.2026",
        consent=rub("201.20"),
        blocked="lines",
    )


def cart_ready() -> CartView:
    """A cart that can be ordered."""
    return CartView(
        lines=tuple(cart_line(index, Decimal(12)) for index in (0, 2)),
        totals=CartTotals(goods=rub("4538.28"), total=rub("4538.28")),
        company="ИП Савельев Пётр Андреевич",
    )


def cart_over_limit() -> CartView:
    """A cart beyond the credit limit."""
    return CartView(
        lines=(cart_line(9, Decimal(60)),),
        totals=CartTotals(goods=rub("151164"), total=rub("151164")),
        limit=Limit(rub("500000"), rub("512400"), 100, rub("12400")),
        company="ООО «ЭнергоМонтаж»",
        credit=(LineProblem("Заказ превышает кредитный лимит. Не хватает 12400 RUB."),),
    )


def cart_empty() -> CartView:
    """Nothing in it."""
    return CartView(lines=(), totals=None)


def login() -> LoginView:
    """The first visit."""
    return LoginView(
        recovery=True,
        code_login=True,
        access_request_url="/access",
        demo_logins=("client@demo.local", "admin@demo.local"),
    )


def login_refused() -> LoginView:
    """After a wrong password."""
    form = Form({"login": "+7 912 345-67-89"}, {"": "Логин или пароль не подходит. Осталось попыток: 4."})
    return LoginView(form=form)


def login_code() -> LoginView:
    """A code was sent, a wrong one was typed."""
    form = Form({}, {"code": "Код не подходит или устарел."})
    return LoginView(form=form, step="code", sent_to="+7 912 ***-**-89", resend_after=42)


def cart_with(quantities: dict[str, str]) -> CartView:
    """The ready cart after quantities were changed; zero removes a line."""
    before = {line.id: line.quantity.value for line in cart_ready().lines}
    after = {**before, **{number: Decimal(text) for number, text in quantities.items()}}
    lines = tuple(cart_line(int(number), quantity) for number, quantity in after.items() if quantity)
    total = sum((line.total.amount for line in lines if line.total), Decimal(0))
    sums = CartTotals(goods=Money(total, "RUB"), total=Money(total, "RUB"))
    return replace(cart_ready(), lines=lines, totals=sums if lines else None)


def cart_line(index: int, quantity: Decimal, problems: tuple[LineProblem, ...] = ()) -> CartLine:
    """A line of goods in a cart."""
    line = row(index)
    amount = line.price.amount
    left = next((stock.quantity for stock in line.stock.lines if stock.mine), None)
    return CartLine(
        id=line.id,
        url=line.url,
        title=line.title,
        article=line.article,
        brand=line.brand,
        price=line.price,
        quantity=replace(line.quantity, value=quantity),
        total=Money(amount.amount * quantity, amount.currency) if amount else None,
        available=left,
        comment="Щит ЩР-2, второй этаж" if index == 6 else "",
        problems=problems,
    )
