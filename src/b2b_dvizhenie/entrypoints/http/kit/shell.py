"""Frames of the sample pages."""

from decimal import Decimal
from hashlib import sha256

from b2b_dvizhenie.domain.pricing import DISPLAYED, Display
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.branding import stylesheet
from b2b_dvizhenie.entrypoints.http.pages.shell import (
    Brand,
    CartSummary,
    CompanyChoice,
    Currencies,
    Flash,
    Limit,
    NavItem,
    PanelSection,
    PanelShell,
    PortalShell,
    Preferences,
    Shell,
    Viewer,
    Viewing,
)
from b2b_dvizhenie.entrypoints.http.portal.displaying import notes_of

COLOUR = "#1757d6"
_DEFAULTS = Preferences()
_SECTIONS = ("catalogue", "quick_order", "specifications", "orders", "documents", "balance", "proposals", "api")
_COUNTS = {"specifications": 4, "orders": 2}


def rub(amount: str) -> Money:
    """Roubles."""
    return Money(Decimal(amount), "RUB")


def brand(colour: str = COLOUR) -> Brand:
    """The sample seller."""
    version = sha256(stylesheet(colour).encode()).hexdigest()[:8]
    return Brand("ВольтОпт", "В", colour, f"/brand/{version}.css")


BUYER = Viewer("Ирина Соколова", "ИС", "i.sokolova@example.ru", "Закупщик", panel=True)
ADMIN = Viewer("Анна Орлова", "АО", "a.orlova@example.ru", "Администратор", panel=True)


def bare_shell(preferences: Preferences = _DEFAULTS) -> Shell:
    """The frame before login."""
    return Shell(brand=brand(), url="/login", preferences=preferences)


def portal_shell(
    current: str,
    preferences: Preferences = _DEFAULTS,
    *,
    cart: bool = True,
    over_limit: bool = False,
    flash: bool = False,
    viewing: Viewing | None = None,
    display: Display | None = None,
) -> PortalShell:
    """The frame of a buyer."""
    limit = Limit(rub("500000"), rub("174368.19"), 35)
    if over_limit:
        limit = Limit(rub("500000"), rub("512400"), 100, rub("12400"))
    return PortalShell(
        brand=brand(),
        url="/catalog?section=breakers",
        preferences=preferences,
        viewer=BUYER,
        flashes=(Flash(text="Товар удалён из корзины", undo_url="/cart/undo"),) if flash else (),
        section=current,
        nav=tuple(NavItem(key, f"/{key.replace('_', '-')}", _COUNTS.get(key)) for key in _SECTIONS),
        companies=(
            CompanyChoice(
                id="1",
                name="ООО «ЭнергоМонтаж»",
                inn="7701234567",
                terms="Опт-2",
                limit_left=rub("373394.17"),
                current=True,
            ),
            CompanyChoice(id="2", name="ИП Савельев Пётр Андреевич", inn="770112345678", terms="Розница"),
            CompanyChoice(
                id="3",
                name="АО «Промышленные сети и подстанции Северо-Запада»",
                inn="7812345670",
                terms="Опт-1",
                limit_left=rub("1204118"),
            ),
        ),
        cart=CartSummary(rub("56215.70"), 6, Decimal(879), limit) if cart else None,
        currencies=Currencies(
            chosen=display.currency if display else "RUB",
            codes=DISPLAYED,
            charged="RUB",
            rates=notes_of(display.rates) if display else (),
        ),
        notifications=3,
        viewing=viewing,
    )


def panel_shell(current: str, preferences: Preferences = _DEFAULTS) -> PanelShell:
    """The frame of an administrator."""
    sections = {
        "sales": (
            ("orders", 14, False),
            ("documents", None, False),
            ("specifications", None, False),
            ("carts", None, False),
            ("statistics", None, False),
            ("drift", None, False),
        ),
        "access": (
            ("users", None, False),
            ("companies", None, False),
            ("roles", None, False),
            ("prices", None, False),
        ),
        "exchange": (("exchange", 1, True), ("jobs", 3, True), ("gateway", None, False), ("feeds", None, False)),
        "system": (("settings", None, False), ("audit", None, False)),
    }
    return PanelShell(
        brand=brand(),
        url="/panel",
        preferences=preferences,
        viewer=ADMIN,
        section=current,
        sections=tuple(
            PanelSection(
                key,
                tuple(NavItem(name, f"/panel/{name}", count, alert) for name, count, alert in items),
            )
            for key, items in sections.items()
        ),
        exchange=(5, 6),
    )
