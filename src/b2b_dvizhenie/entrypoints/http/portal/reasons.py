"""Why a price is what it is, in words: the fragment behind a percent, and the page that holds it without script."""

from decimal import Decimal
from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec.structs import replace

from b2b_dvizhenie.application.ordering import ExplainOrderLine
from b2b_dvizhenie.application.pricing import Audience, ExplainOwnPrice, Reasons, Sooner, Step, Why
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import Display, Effect, Kind, LimitKind, Loss, Mismatch
from b2b_dvizhenie.domain.shared.ids import OrderId, VariantId
from b2b_dvizhenie.domain.shared.money import Money, round_money
from b2b_dvizhenie.domain.shared.quantity import QuantityInvalid, plain
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages.parts import Price
from b2b_dvizhenie.entrypoints.http.pages.product import PriceReason, ReasonStep
from b2b_dvizhenie.entrypoints.http.pages.shell import PortalShell
from b2b_dvizhenie.entrypoints.http.portal.displaying import money_in, notes_of
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

LOSSES = {
    Loss.SMALLER_DISCOUNT: N_("The discount is smaller than the one applied"),
    Loss.LARGER_DISCOUNT: N_("The discount is larger than the one applied"),
    Loss.ZERO_IGNORED: N_("It would take nothing off"),
    Loss.LATER_ORDER: N_("Another discount comes first"),
    Loss.OUTRANKED_KIND: N_("Another kind of discount goes before"),
    Loss.SHALLOWER_CATEGORY: N_("The discount of a deeper section goes before"),
    Loss.LOWER_PRIORITY: N_("Another discount has a higher priority"),
    Loss.STOPPED: N_("A discount before it stops the others"),
    Loss.EXCLUSIVE_BETTER: N_("An exclusive discount is better"),
    Loss.EXCLUSIVE_NOT_BETTER: N_("The other discounts together are better"),
    Loss.HIGHER_PRICE: N_("The price would be higher"),
    Loss.TIE_PRIORITY: N_("Equal; the other has a higher priority"),
    Loss.TIE_KIND: N_("Equal; the other is of a kind that goes before"),
    Loss.TIE_DEPTH: N_("Equal; the other is of a deeper section"),
    Loss.TIE_ORDER: N_("Equal; the other comes first"),
    Loss.TIE_ID: N_("Equal in everything; the older one is taken"),
}
MISSES = {
    Mismatch.INACTIVE: N_("Switched off"),
    Mismatch.TARGET: N_("For other buyers"),
    Mismatch.NOT_YET: N_("Does not hold yet"),
    Mismatch.EXPIRED: N_("Holds no more"),
    Mismatch.CATEGORY: N_("Of another section"),
    Mismatch.BRAND: N_("Of another brand"),
    Mismatch.ARTICLE: N_("Of other articles"),
    Mismatch.QUANTITY: N_("The quantity is too small"),
    Mismatch.CURRENCY: N_("In another currency"),
}
LIMITS = {
    LimitKind.FLOOR: N_("Held at the minimal price"),
    LimitKind.MARGIN: N_("Held at the minimal margin"),
    LimitKind.TOTAL_PERCENT: N_("Held at the largest discount allowed"),
}


def rule_title(step: Step, texts: GNUTranslations) -> str:
    """What a rule is called: its title, else by what it covers."""
    if step.title:
        return step.title
    if step.effect is Effect.FIXED_PRICE:
        return texts.gettext("Special price")
    if step.kind is Kind.CATEGORY_BRAND and step.brand and step.section:
        return texts.gettext("Discount on {brand} in “{section}”").format(brand=step.brand, section=step.section)
    if step.kind is Kind.BRAND and step.brand:
        return texts.gettext("Discount on the brand {brand}").format(brand=step.brand)
    if step.kind is Kind.CATEGORY and step.section:
        return texts.gettext("Discount on the section “{section}”").format(section=step.section)
    return texts.gettext("Discount on this article")


class _Words:
    def __init__(self, reasons: Reasons, base: str, texts: GNUTranslations) -> None:
        self._reasons = reasons
        self._base = base
        self._texts = texts

    def _money(self, amount: Decimal | None) -> Money | None:
        return None if amount is None else Money(amount, self._reasons.currency)

    def step(self, step: Step) -> ReasonStep:
        """One step in words."""
        match step.outcome:
            case "base":
                return ReasonStep(title=self._base, outcome="base", result=self._money(step.result))
            case "won":
                percent = step.value if step.effect is Effect.PERCENT else None
                note = "" if percent is None else f"−{plain(percent)} %"
                change = self._money(step.change)
                return ReasonStep(title=rule_title(step, self._texts), outcome="won", change=change, note=note)
            case "lost":
                why = self._texts.gettext(LOSSES[step.reason]) if step.reason else ""
                note = f"{why}: {step.to}" if step.to else why
                return ReasonStep(title=rule_title(step, self._texts), outcome="lost", note=note)
            case "unmatched":
                note = self._texts.gettext(MISSES[step.condition]) if step.condition else ""
                return ReasonStep(title=rule_title(step, self._texts), outcome="unmatched", note=note)
            case "cap":
                title = self._texts.gettext("Discounts together are capped")
                return ReasonStep(title=title, outcome="limit", change=self._money(step.change))
            case "limit":
                title = (
                    self._texts.gettext(LIMITS[step.limit])
                    if step.limit
                    else self._texts.gettext("Lowest possible price")
                )
                note = "" if step.bound is None else plain(step.bound)
                return ReasonStep(title=title, outcome="limit", change=self._money(step.change), note=note)
            case "rounding":
                title = self._texts.gettext("Rounded to the kopeck")
                return ReasonStep(title=title, outcome="rounding", change=self._money(step.change))


def steps_of(reasons: Reasons, base: str, texts: GNUTranslations) -> tuple[ReasonStep, ...]:
    """The steps in words; `base` names the base price."""
    return tuple(map(_Words(reasons, base, texts).step, reasons.steps))


def sooner_text(sooner: Sooner | None, unit: str, texts: GNUTranslations) -> str:
    """What buying more would bring: "4 more and −7 %"; "" where it brings nothing."""
    if sooner is None:
        return ""
    text = texts.gettext("{more} {unit} more and −{percent} % (from {quantity} {unit})")
    percent, more, least = plain(sooner.percent), plain(sooner.more), plain(sooner.quantity)
    return text.format(more=more, unit=unit, percent=percent, quantity=least)


def _base_title(reasons: Reasons, unit: str, price_type: str, texts: GNUTranslations, *, vip: bool = False) -> str:
    base = texts.gettext("Base price")
    if price_type:
        base = texts.gettext("Base price: {name}").format(name=price_type)
    if reasons.live_at is not None:
        base = texts.gettext("Live price of 1C")
    if vip:
        base = texts.gettext("{base}, by your VIP agreement").format(base=base)
    return base if reasons.per_unit or reasons.quantity == 1 else f"{base} × {plain(reasons.quantity)} {unit}"


def reason_of(why: Why, price_type: str, texts: GNUTranslations) -> PriceReason | None:
    """The buyer's explanation as its template shows it; None where there is no price."""
    reasons = why.reasons
    if reasons is None:
        return None
    return PriceReason(
        title=why.name,
        article=why.article,
        price=Price(amount=Money(reasons.unit_price, reasons.currency)),
        steps=steps_of(reasons, _base_title(reasons, why.unit, price_type, texts, vip=why.vip is True), texts),
        valid_note=sooner_text(why.sooner, why.unit, texts),
        total=_total(reasons),
        live_at=reasons.live_at,
    )


def with_shown(view: PriceReason, display: Display | None) -> PriceReason:
    """The explanation with its last step: the finished price in the currency it is, or was, shown in (CUR-3)."""
    if display is None or view.price.amount is None:
        return view
    return replace(
        view,
        shown=display.money(view.price.amount),
        shown_total=money_in(view.total, display),
        rates=notes_of(display.rates),
    )


def _total(reasons: Reasons) -> Money | None:
    """The sum of the line, where it is another figure than the price of a unit."""
    return None if reasons.quantity == 1 else Money(reasons.amount, reasons.currency)


def _quantity(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text.replace(",", "."))
    except ArithmeticError as error:
        raise QuantityInvalid("quantity") from error


def price_type_of(shell: PortalShell) -> str:
    """The title of the price type that the viewer buys at, where it may be seen."""
    return (shell.company.terms or "") if shell.company else ""


def _shown(request: Request[Actor, Any, Any], frame: Frame, view: PriceReason, shell: PortalShell) -> Response[str]:
    context = {"shell": shell, "view": view}
    return frame.page(request, "pages/product/reason_page.html", context, fragment="pages/product/reason.html")


@get("/prices/{variant_id:uuid}", permission=Permission.PRICES_VIEW, include_in_schema=False)
async def own(
    request: Request[Actor, Any, Any],
    variant_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    explain_own_price: NamedDependency[ExplainOwnPrice],
    quantity: FromQuery[str] = "",
) -> Response[str]:
    """Why the viewer's price of these goods, in this quantity, is what it is."""
    why = await explain_own_price(request.user, VariantId(variant_id), _quantity(quantity))
    texts, shell = frame.site.texts(language_of(request)), await frame.shell(request, "catalogue")
    view = reason_of(why, price_type_of(shell), texts)
    if view is None:
        title = texts.gettext("The price is settled by your agreement.")
        view = PriceReason(title=why.name, article=why.article, price=Price(amount=None), steps=(), valid_note=title)
    return _shown(request, frame, with_shown(view, await frame.display(request.user)), shell)


@get("/orders/{order_id:uuid}/lines/{position:int}/price", permission=Permission.ORDERS_VIEW, include_in_schema=False)
async def of_order(
    request: Request[Actor, Any, Any],
    order_id: FromPath[UUID],
    position: FromPath[int],
    frame: NamedDependency[Frame],
    explain_order_line: NamedDependency[ExplainOrderLine],
) -> Response[str]:
    """Why a line of an order cost what it cost."""
    why = await explain_order_line(request.user, OrderId(order_id), position)
    texts = frame.site.texts(language_of(request))
    reasons, line = why.reasons, why.line
    view = PriceReason(
        title=line.name,
        article=line.article,
        # As the page of the order shows it; the price shown in another currency was made of this one.
        price=Price(amount=Money(round_money(reasons.unit_price, reasons.currency), reasons.currency)),
        steps=steps_of(reasons, _base_title(reasons, line.unit, "", texts), texts),
        is_placed=True,
        live_at=reasons.live_at,
        total=_total(reasons),
        buyer=reasons.audience is Audience.BUYER,
    )
    display = line.shown.display(reasons.currency) if line.shown else None
    return _shown(request, frame, with_shown(view, display), await frame.shell(request, "orders"))


ROUTES = [own, of_order]
