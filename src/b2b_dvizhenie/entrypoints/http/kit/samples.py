"""The list of samples: a name, a template and the context it is shown with."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.kit import buyer
from b2b_dvizhenie.entrypoints.http.kit.shell import bare_shell, portal_shell
from b2b_dvizhenie.entrypoints.http.pages.shell import Preferences

Context = Mapping[str, Any]


class Sample(Struct, frozen=True):
    """A page in one state. `make` takes the preferences of whoever looks."""

    name: str
    template: str
    make: Callable[[Preferences], Context]


def _bare(name: str, template: str, view: Callable[[], object]) -> Sample:
    return Sample(name, template, lambda preferences: {"shell": bare_shell(preferences), "view": view()})


def _portal(name: str, template: str, section: str, view: Callable[[], object], **frame: Any) -> Sample:
    return Sample(
        name, template, lambda preferences: {"shell": portal_shell(section, preferences, **frame), "view": view()}
    )


#: Also what the price's reason fragment is made of.
REASON = _portal("price-reason", "pages/product/reason_page.html", "catalogue", buyer.reason)

SAMPLES: tuple[Sample, ...] = (
    _bare("login", "pages/login.html", buyer.login),
    _bare("login-refused", "pages/login.html", buyer.login_refused),
    _bare("login-code", "pages/login.html", buyer.login_code),
    _portal("catalogue", "pages/catalogue.html", "catalogue", buyer.catalogue),
    _portal("catalogue-search", "pages/catalogue.html", "catalogue", buyer.search_results, over_limit=True),
    _portal("catalogue-empty", "pages/catalogue.html", "catalogue", buyer.nothing_found, cart=False),
    _portal("product", "pages/product.html", "catalogue", buyer.product),
    REASON,
    _portal("cart", "pages/cart.html", "cart", buyer.cart, flash=True),
    _portal("cart-ready", "pages/cart.html", "cart", buyer.cart_ready),
    _portal("cart-over-limit", "pages/cart.html", "cart", buyer.cart_over_limit, acting_for="Ирина Соколова"),
    _portal("cart-empty", "pages/cart.html", "cart", buyer.cart_empty),
)


def sample(name: str) -> Sample | None:
    """The sample of that name, or None."""
    return next((one for one in SAMPLES if one.name == name), None)
