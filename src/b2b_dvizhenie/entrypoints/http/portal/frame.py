"""The frame around a page of the portal: who is there, for which company, where one can go."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response
from msgspec import UNSET

from b2b_dvizhenie.application.balances import CreditStanding, ShowCredit
from b2b_dvizhenie.application.companies import Profile, ShowProfile
from b2b_dvizhenie.application.documents import sees_documents
from b2b_dvizhenie.application.ordering import PricedCart, ShowCart, shown_cart
from b2b_dvizhenie.application.pricing import ShowDisplay, ShowLivePrices
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import Display, NoRate
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages.shell import (
    CompanyChoice,
    Flash,
    NavItem,
    PortalShell,
    Shell,
    Viewer,
    Viewing,
)
from b2b_dvizhenie.entrypoints.http.portal.carts import summary_of
from b2b_dvizhenie.entrypoints.http.portal.displaying import currencies_of
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.responses import language_of, page, preferences_of

_NAVIGATION: tuple[tuple[str, str, Permission], ...] = (
    ("catalogue", "/catalog", Permission.CATALOG_VIEW),
    ("quick_order", "/quick-order", Permission.CART_EDIT),
    ("specifications", "/specifications", Permission.SPECIFICATIONS_VIEW),
    ("orders", "/orders", Permission.ORDERS_VIEW),
    ("documents", "/documents", Permission.DOCUMENTS_VIEW),
    ("balance", "/balance", Permission.BALANCE_VIEW),
)
"""Key of the entry, its address, what one must be allowed to do to see it."""
_VIP = (("vip", "/vip", Permission.CATALOG_VIEW),)


def here(request: Request[Any, Any, Any]) -> str:
    """Path and query of the page itself."""
    query = request.scope["query_string"].decode("latin-1")
    return f"{request.scope['path']}?{query}" if query else request.scope["path"]


def initials(name: str) -> str:
    """The first letters of the first two words of a name."""
    return "".join(word[0] for word in name.split()[:2]).upper()


def bare_shell(request: Request[Any, Any, Any], site: Site, *, flashes: tuple[Flash, ...] = ()) -> Shell:
    """The frame of pages for people who are not logged in, and of fragments that need no frame."""
    return Shell(
        brand=site.brand,
        url=here(request),
        preferences=preferences_of(request),
        flashes=flashes,
        viewing=viewing_of(request),
    )


def viewing_of(request: Request[Any, Any, Any]) -> Viewing | None:
    """Through whose eyes the page is seen, where they are not the viewer's own."""
    actor: Actor | None = request.scope.get("user")
    return Viewing(actor.name, actor.view.until) if actor is not None and actor.view is not None else None


class Frame:
    """Puts pages of the portal into their frame. One per request kind: a Litestar dependency."""

    def __init__(
        self,
        site: Site,
        show_profile: ShowProfile,
        show_cart: ShowCart,
        show_live_prices: ShowLivePrices,
        show_display: ShowDisplay,
        show_credit: ShowCredit,
    ) -> None:
        self.site = site
        self._show_profile = show_profile
        self._show_cart = show_cart
        self._show_display = show_display
        self._show_credit = show_credit
        self._asked: tuple[Display | NoRate | None] | None = None
        self.live = show_live_prices

    async def cart(self, actor: Actor) -> PricedCart | None:
        """The cart of an actor who can have one, as it is shown."""
        return await self.shown(actor, await self._show_cart(actor)) if self.can_order(actor) else None

    async def display(self, actor: Actor) -> Display | None:
        """How the actor is shown prices; None where as they are charged."""
        found = await self._display(actor)
        return found if isinstance(found, Display) else None

    async def shown(self, actor: Actor, cart: PricedCart) -> PricedCart:
        """The cart in the currency the actor sees prices in."""
        display = await self.display(actor)
        return cart if display is None else shown_cart(cart, display)

    async def credit(self, actor: Actor, cart: PricedCart) -> CreditStanding:
        """How the cart, in the currency it is charged in, stands to the company's credit."""
        return await self._show_credit(actor, cart.total) if cart.lines else CreditStanding()

    async def _display(self, actor: Actor) -> Display | NoRate | None:
        if self._asked is None:
            self._asked = (await self._show_display(actor),)  # once per request: a frame is of one
        return self._asked[0]

    async def shell(
        self,
        request: Request[Actor, Any, Any],
        section: str,
        *,
        query: str = "",
        cart: PricedCart | None = None,
        flashes: tuple[Flash, ...] = (),
    ) -> PortalShell:
        """The frame for the actor of the request.

        Args:
            request: of the page.
            section: key of the navigation entry the page belongs to.
            query: what stands in the search box.
            cart: where the page has asked for it already.
            flashes: messages about what was just done.
        """
        actor = request.user
        if cart is None:
            cart = await self.cart(actor)
        profile = await self._show_profile(actor)
        return PortalShell(
            brand=self.site.brand,
            url=here(request),
            preferences=preferences_of(request),
            viewer=self._viewer(profile, actor, language_of(request)),
            section=section,
            nav=tuple(
                NavItem(key, url)
                for key, url, permission in (*_NAVIGATION, *(_VIP if actor.is_vip else ()))
                if url in self.site.paths and actor.may(permission)
                if permission is not Permission.DOCUMENTS_VIEW or sees_documents(actor)
            ),
            companies=tuple(
                CompanyChoice(
                    id=str(one.id),
                    name=one.name,
                    inn=one.inn,
                    terms=None if one.price_type is UNSET else one.price_type,
                    current=one.is_selected,
                )
                for one in profile.companies
            ),
            query=query,
            cart=summary_of(None if cart is None else await self.shown(actor, cart)),
            currencies=currencies_of(actor, await self._display(actor)),
            flashes=flashes,
            viewing=viewing_of(request),
            paths=self.site.paths,
        )

    def can_order(self, actor: Actor) -> bool:
        """Whether quantities can be put into a cart."""
        return actor.terms is not None and actor.may(Permission.CART_EDIT) and "/cart/items" in self.site.paths

    def _viewer(self, profile: Profile, actor: Actor, language: str) -> Viewer:
        role = profile.role_name or self.site.texts(language).gettext(label_of("role", profile.role).text)
        panel = actor.may(Permission.PANEL_ACCESS) and "/panel" in self.site.paths
        login = profile.email or profile.phone or ""
        return Viewer(profile.name, initials(profile.name), login, role, panel=panel)

    def page(
        self, request: Request[Any, Any, Any], template: str, context: Mapping[str, Any], *, fragment: str | None = None
    ) -> Response[str]:
        """The page, or its fragment where htmx asked for one."""
        return page(request, self.site.renderer, template, context, fragment=fragment)
