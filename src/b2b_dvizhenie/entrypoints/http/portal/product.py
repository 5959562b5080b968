"""The card of a product, and why its price is what it is."""

from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET
from msgspec.structs import replace

from b2b_dvizhenie.application.catalog import Card, Price, ShowProduct, Variant
from b2b_dvizhenie.application.pricing import ExplainOwnPrice
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import Display
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import ProductId, VariantId
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.pages.catalogue import CatalogueRow
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.product import (
    Break,
    CharacteristicGroup,
    Picture,
    PriceReason,
    ProductView,
)
from b2b_dvizhenie.entrypoints.http.portal import live
from b2b_dvizhenie.entrypoints.http.portal.carts import in_cart
from b2b_dvizhenie.entrypoints.http.portal.displaying import money_in, price_in, row_in
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.prose import safe_html
from b2b_dvizhenie.entrypoints.http.portal.reasons import price_type_of, reason_of, with_shown
from b2b_dvizhenie.entrypoints.http.portal.rows import Cart, row_of
from b2b_dvizhenie.entrypoints.http.responses import language_of


def _money(amount: Any, price: Price) -> Money:
    return Money(amount, price.currency)


def shown_vat(card: Card, price: Price, texts: GNUTranslations) -> str:
    """Whether VAT is in the price, and how much of it."""
    rate = card.product.vat_rate
    if rate is None:
        return texts.gettext("without VAT")
    text = texts.gettext("incl. VAT {rate} %") if price.vat_included else texts.gettext("plus VAT {rate} %")
    return text.format(rate=plain(rate))


def _main_variant(card: Card) -> Variant | None:
    variants = card.product.variants
    priced = (one for one in variants if one.price is not UNSET and one.price.amount is not None)
    return next(priced, variants[0] if variants else None)


def view_of(
    card: Card,
    frame: Frame,
    actor: Actor,
    texts: GNUTranslations,
    cart: Cart,
    reason: PriceReason | None,
) -> ProductView | None:
    """The card as its template shows it; None where nothing of the product is sold."""
    product, main = card.product, _main_variant(card)
    if main is None:
        return None
    row = row_of(product, main, cart)
    explained = {} if card.prices is UNSET else {one.variant_id: one for one in card.prices}
    price = main.price
    several = len(product.variants) > 1
    breaks: tuple[Break, ...] = ()
    if price is not UNSET and main.id in explained:
        of_main = explained[main.id]
        if len(of_main.breaks) > 1:
            breaks = tuple(Break(one.min_quantity, _money(one.amount, price)) for one in of_main.breaks)
    facts = tuple((one.name, ", ".join(one.values)) for one in card.characteristics)
    if card.country:
        facts += ((texts.gettext("Country"), card.country),)
    if card.weight:
        facts += ((texts.gettext("Weight, kg"), plain(card.weight)),)
    return ProductView(
        id=str(product.id),
        title=product.name,
        article=product.article,
        price=row.price,
        stock=row.stock,
        quantity=row.quantity,
        total=row.total,
        crumbs=(Link(texts.gettext("Catalogue"), "/catalog"), *(Link(s.name, f"/catalog/{s.id}") for s in card.path)),
        brand=Link(product.brand.name, f"/catalog?brand={product.brand.id}") if product.brand else None,
        barcode=", ".join(card.barcodes),
        code=card.code,
        vat=shown_vat(card, price, texts) if price is not UNSET else "",
        pictures=tuple(Picture(url, url, product.name) for url in card.pictures),
        characteristics=(CharacteristicGroup("", facts),) if facts else (),
        description_html=safe_html(card.description),
        reason=reason,
        breaks=breaks,
        variants=tuple(row_of(product, one, cart) for one in product.variants) if several else (),
        can_order=frame.can_order(actor),
        prices=price is not UNSET,
        show_stock=actor.may(Permission.STOCK_VIEW),
    )


async def _live(view: ProductView, main: CatalogueRow, actor: Actor, frame: Frame, company_part: str) -> ProductView:
    """The card with the prices that 1C told a moment ago, and the way to ask for those of this one."""
    rows = view.variants or (main,)
    known = {row.id: row for row in live.with_known(rows, await frame.live.known(actor, live.asked_for(rows)))}
    return replace(
        view,
        price=known[main.id].price if main.id in known else view.price,
        variants=tuple(known[row.id] for row in view.variants),
        live=live.feed_of(rows, company_part, main.id),
    )


def _shown(view: ProductView, display: Display) -> ProductView:
    """The card in the currency the viewer chose; why the price is what it is stays in that of the terms."""
    return replace(
        view,
        price=price_in(view.price, display),
        total=money_in(view.total, display),
        breaks=tuple(replace(one, price=display.money(one.price)) for one in view.breaks),
        variants=tuple(row_in(row, display) for row in view.variants),
        reason=view.reason and with_shown(view.reason, display),
    )


@get("/products/{product_id:uuid}", permission=Permission.CATALOG_VIEW, include_in_schema=False)
async def product(
    request: Request[Actor, Any, Any],
    product_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_product: NamedDependency[ShowProduct],
    explain_own_price: NamedDependency[ExplainOwnPrice],
) -> Response[str]:
    """The card of a product."""
    actor, texts = request.user, frame.site.texts(language_of(request))
    card = await show_product(actor, ProductId(product_id))
    cart = await frame.cart(actor)
    shell = await frame.shell(request, "catalogue", cart=cart)
    main, reason = _main_variant(card), None
    if main is not None and main.price is not UNSET and main.price.amount is not None:
        reason = reason_of(await explain_own_price(actor, VariantId(main.id)), price_type_of(shell), texts)
    view = view_of(card, frame, actor, texts, in_cart(cart), reason)
    if view is None:
        raise NotFound("product")
    if main is not None and await frame.live.is_on(actor):
        view = await _live(view, row_of(card.product, main, {}), actor, frame, shell.company_part)
    display = await frame.display(actor)
    if display is not None:
        view = _shown(view, display)
    return frame.page(request, "pages/product.html", {"shell": shell, "view": view})


ROUTES = [product]
