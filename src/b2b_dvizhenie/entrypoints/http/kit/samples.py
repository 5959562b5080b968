"""The list of samples: a name, a template and the context it is shown with."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.kit import (
    access,
    balance,
    buyer,
    companies,
    documents,
    drift,
    exchange,
    gateway,
    orders,
    panel,
    payments,
    people,
    prices,
    rates,
    requests,
    segments,
    specifications,
    vip,
    what_if,
)
from b2b_dvizhenie.entrypoints.http.kit.components import components
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.kit.shell import bare_shell, panel_shell, portal_shell
from b2b_dvizhenie.entrypoints.http.pages.shell import Preferences, Viewing

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


def _panel(name: str, template: str, section: str, view: Callable[[], object]) -> Sample:
    return Sample(name, template, lambda preferences: {"shell": panel_shell(section, preferences), "view": view()})


_VIEWING = Viewing("Ирина Соколова", NOW)
#: Also what the price's reason fragment is made of.
REASON = _portal("price-reason", "pages/product/reason_page.html", "catalogue", buyer.reason)

SAMPLES: tuple[Sample, ...] = (
    _bare("login", "pages/login.html", buyer.login),
    _bare("login-refused", "pages/login.html", buyer.login_refused),
    _bare("login-code", "pages/login.html", buyer.login_code),
    _bare("access-request", "pages/access_request.html", requests.ask),
    _bare("access-request-sent", "pages/access_request.html", requests.asked),
    _portal("catalogue", "pages/catalogue.html", "catalogue", buyer.catalogue),
    _portal("catalogue-search", "pages/catalogue.html", "catalogue", buyer.search_results, over_limit=True),
    _portal(
        "catalogue-currency", "pages/catalogue.html", "catalogue", buyer.catalogue_in_dollars, display=buyer.DOLLARS
    ),
    _portal("catalogue-empty", "pages/catalogue.html", "catalogue", buyer.nothing_found, cart=False),
    _portal("product", "pages/product.html", "catalogue", buyer.product),
    _portal("product-plain", "pages/product.html", "catalogue", buyer.product_plain),
    REASON,
    _portal("cart", "pages/cart.html", "cart", buyer.cart, flash=True),
    _portal("cart-ready", "pages/cart.html", "cart", buyer.cart_ready),
    _portal(
        "cart-over-limit", "pages/cart.html", "cart", buyer.cart_over_limit, viewing=Viewing("Ирина Соколова", NOW)
    ),
    _portal("cart-empty", "pages/cart.html", "cart", buyer.cart_empty),
    _portal("specifications", "pages/specifications.html", "specifications", specifications.many),
    _portal("specifications-empty", "pages/specifications.html", "specifications", specifications.none_yet),
    _portal("specification", "pages/specification.html", "specifications", specifications.one),
    _portal("specification-shared", "pages/specification.html", "specifications", specifications.colleagues),
    _portal("specification-client", "pages/specification.html", "specifications", specifications.clients, cart=False),
    _portal("specification-empty", "pages/specification.html", "specifications", specifications.empty),
    _portal("specification-add", "pages/specification_add.html", "specifications", specifications.adding),
    _portal("specification-import", "pages/specification_import.html", "specifications", specifications.reading),
    _portal("specification-read", "pages/specification_import.html", "specifications", specifications.read),
    _portal("specification-comment", "pages/specification_comment.html", "specifications", specifications.comment),
    _panel("client-specifications", "pages/client_specifications.html", "specifications", specifications.of_clients),
    _panel(
        "client-specifications-empty",
        "pages/client_specifications.html",
        "specifications",
        specifications.of_no_clients,
    ),
    _portal("checkout", "pages/checkout.html", "cart", orders.checkout),
    _portal("checkout-cannot-pay", "pages/checkout.html", "cart", orders.checkout_cannot_pay),
    _portal("orders", "pages/orders.html", "orders", orders.orders),
    _portal("orders-empty", "pages/orders.html", "orders", orders.orders_empty),
    _portal("orders-not-found", "pages/orders.html", "orders", orders.orders_not_found),
    _portal("order", "pages/order.html", "orders", orders.order),
    _portal("order-failed", "pages/order.html", "orders", orders.order_failed),
    _portal("documents", "pages/documents.html", "documents", documents.documents),
    _portal("documents-empty", "pages/documents.html", "documents", documents.empty),
    _portal("documents-wrong", "pages/documents.html", "documents", documents.wrong),
    _portal("document", "pages/document.html", "documents", documents.document),
    _portal("document-without-file", "pages/document.html", "documents", documents.without_file),
    _panel("document-list", "pages/document_list.html", "documents", documents.of_many),
    _panel("document-list-not-found", "pages/document_list.html", "documents", documents.not_found),
    _portal("balance", "pages/balance.html", "balance", balance.balance),
    _portal("balance-stale", "pages/balance.html", "balance", balance.balance_stale),
    _portal("balance-untold", "pages/balance.html", "balance", balance.balance_untold),
    _portal("balance-first-level", "pages/balance.html", "balance", balance.balance_first_level),
    _portal("balance-closed", "pages/balance.html", "balance", balance.balance_closed),
    _portal("balance-no-company", "pages/balance.html", "balance", balance.balance_without_company),
    _portal("profile", "pages/profile.html", "account", orders.profile),
    _portal("security", "pages/security.html", "account", orders.security),
    _portal("second-factor", "pages/security.html", "account", orders.second_factor),
    _portal("second-factor-on", "pages/security.html", "account", orders.second_factor_on),
    *(
        _bare(f"error-{status}", "pages/error.html", partial(orders.error, status))
        for status in (403, 404, 429, 500, 503)
    ),
    _panel("company-balance", "pages/company/balance.html", "companies", balance.company),
    _panel("dashboard", "pages/dashboard.html", "statistics", panel.dashboard),
    _panel("exchange", "pages/exchange.html", "exchange", exchange.exchange),
    _panel("exchange-empty", "pages/exchange.html", "exchange", exchange.exchange_empty),
    _panel("run", "pages/run.html", "exchange", exchange.run),
    _panel("node", "pages/node.html", "exchange", exchange.node),
    _panel("gateway", "pages/gateway.html", "gateway", gateway.gateway),
    _panel("gateway-empty", "pages/gateway.html", "gateway", gateway.gateway_empty),
    _panel("gateway-row", "pages/gateway_row.html", "gateway", gateway.gateway_row),
    _panel("gateway-row-applied", "pages/gateway_row.html", "gateway", gateway.gateway_row_applied),
    _panel("jobs", "pages/jobs.html", "jobs", exchange.jobs),
    _panel("jobs-empty", "pages/jobs.html", "jobs", exchange.jobs_empty),
    _panel("rights", "pages/rights.html", "roles", access.matrix),
    _panel("rights-director", "pages/rights.html", "roles", access.matrix_of_a_director),
    _panel("roles", "pages/roles.html", "roles", access.tree),
    _panel("roles-refused", "pages/roles.html", "roles", access.tree_refused),
    _panel("segments", "pages/segments.html", "segments", segments.listed),
    _panel("segments-empty", "pages/segments.html", "segments", segments.empty),
    _panel("segment", "pages/segment/companies.html", "segments", segments.card),
    _panel("segment-nobody", "pages/segment/companies.html", "segments", segments.nobody),
    _panel("segment-rules", "pages/segment/rules.html", "segments", segments.rules),
    _panel("segment-no-rules", "pages/segment/rules.html", "segments", segments.no_rules),
    _panel("segment-trail", "pages/segment/trail.html", "segments", segments.trail),
    _panel("levels", "pages/levels.html", "levels", access.levels),
    _panel("levels-refused", "pages/levels.html", "levels", access.levels_refused),
    _panel("users", "pages/users.html", "users", people.users),
    _panel("users-refused", "pages/users.html", "users", people.users_refused),
    _panel("users-empty", "pages/users.html", "users", people.users_empty),
    _panel("user-new", "pages/user_new.html", "users", people.new_user),
    _panel("user", "pages/user.html", "users", people.person),
    _panel("user-to-look-at", "pages/user.html", "users", people.person_to_look_at),
    _panel("staff", "pages/people_tree.html", "users", people.staff),
    _panel("staff-moving", "pages/people_tree.html", "users", people.staff_moving),
    _panel("why", "pages/why.html", "users", people.why),
    _panel("why-asked", "pages/why.html", "users", people.why_asked),
    _panel("staff-empty", "pages/people_tree.html", "users", people.staff_empty),
    _panel("company-list", "pages/company_list.html", "companies", companies.company_list),
    _panel("company-list-empty", "pages/company_list.html", "companies", companies.company_list_empty),
    _panel("company-new", "pages/company/new.html", "companies", companies.company_new),
    _panel("company", "pages/company/requisites.html", "companies", companies.company),
    _panel("company-of-1c", "pages/company/requisites.html", "companies", companies.company_of_1c),
    _panel("company-agreements", "pages/company/agreements.html", "companies", companies.company_agreements),
    _panel("company-agreement", "pages/company/agreement.html", "companies", companies.company_agreement),
    _panel("company-people", "pages/company/people.html", "companies", companies.company_people),
    _panel("company-vip", "pages/company/vip.html", "companies", vip.standing),
    _panel("company-not-vip", "pages/company/vip.html", "companies", vip.no_vip),
    _portal("vip-cabinet", "pages/vip_cabinet.html", "vip", vip.cabinet),
    _portal("vip-cabinet-empty", "pages/vip_cabinet.html", "vip", vip.cabinet_empty),
    _panel("vip-activations", "pages/vip_activations.html", "vip", vip.activations),
    _panel("vip-activations-empty", "pages/vip_activations.html", "vip", vip.activations_empty),
    _panel("vip-offers", "pages/vip_offers.html", "vip", vip.offers),
    _panel("vip-offers-empty", "pages/vip_offers.html", "vip", vip.offers_empty),
    _panel("vip-offer", "pages/vip_offer.html", "vip", vip.offer_refused),
    _panel("vip-candidates", "pages/vip_candidates.html", "vip", vip.candidates),
    _panel("vip-candidates-empty", "pages/vip_candidates.html", "vip", vip.candidates_empty),
    _panel("firm-list", "pages/firm_list.html", "companies", companies.firm_list),
    _panel("firm", "pages/firm.html", "companies", companies.firm),
    _panel("payment-methods", "pages/payment_methods.html", "payments", payments.methods),
    _panel("payment-methods-empty", "pages/payment_methods.html", "payments", payments.methods_empty),
    _panel("payment-method", "pages/payment_method.html", "payments", payments.method),
    _panel("rates", "pages/rates.html", "rates", rates.rates),
    _panel("rates-missing", "pages/rates.html", "rates", rates.rates_missing),
    _panel("requests", "pages/request_list.html", "requests", requests.request_list),
    _panel("requests-empty", "pages/request_list.html", "requests", requests.request_list_empty),
    _panel("request", "pages/request.html", "requests", requests.request),
    _panel("request-refused", "pages/request.html", "requests", requests.request_refused),
    _panel("settings", "pages/settings.html", "settings", panel.settings),
    _panel("audit", "pages/audit.html", "audit", panel.audit),
    _panel("audit-empty", "pages/audit.html", "audit", panel.audit_empty),
    _panel("drift", "pages/drift.html", "drift", drift.report),
    _panel("drift-empty", "pages/drift.html", "drift", drift.empty),
    _panel("drift-agreed", "pages/drift.html", "drift", drift.agreed),
    _panel("drift-not-found", "pages/drift.html", "drift", drift.not_found),
    _panel("drift-wrong", "pages/drift.html", "drift", drift.wrong),
    _panel("drift-order", "pages/drift_order.html", "drift", drift.order),
    _panel("drift-order-same", "pages/drift_order.html", "drift", drift.same),
    _panel("drift-order-none", "pages/drift_order.html", "drift", drift.uncompared),
    _panel("prices", "pages/prices.html", "prices", prices.versions),
    _panel("prices-empty", "pages/prices.html", "prices", prices.no_versions),
    _panel("rule-set", "pages/rule_set.html", "prices", prices.draft),
    _panel("rule-set-published", "pages/rule_set.html", "prices", prices.published),
    _panel("rule-set-empty", "pages/rule_set.html", "prices", prices.empty_draft),
    _panel("rule-set-not-found", "pages/rule_set.html", "prices", prices.not_found),
    _panel("rule", "pages/rule.html", "prices", prices.rule),
    _panel("rule-group", "pages/rule_group.html", "prices", prices.group),
    _panel("rule-check", "pages/rule_check.html", "prices", prices.check),
    _panel("rule-check-blocked", "pages/rule_check.html", "prices", prices.blocked),
    _panel("what-if", "pages/what_if.html", "prices", what_if.report),
    _panel("what-if-running", "pages/what_if.html", "prices", what_if.running),
    _panel("what-if-nothing", "pages/what_if.html", "prices", what_if.nothing),
    _panel("what-if-none", "pages/what_if.html", "prices", what_if.none),
    _panel("what-if-failed", "pages/what_if.html", "prices", what_if.failed),
    _panel("rule-import", "pages/rule_import.html", "prices", prices.loading),
    _panel("rule-import-rejected", "pages/rule_import.html", "prices", prices.rejected),
    _panel("price-explain", "pages/price_explain.html", "prices", prices.explain),
    _panel("price-explain-choice", "pages/price_explain.html", "prices", prices.explain_choice),
    _panel("price-explain-empty", "pages/price_explain.html", "prices", prices.explain_empty),
    _panel("price-explain-no-price", "pages/price_explain.html", "prices", prices.explain_no_price),
)

KIT = _panel("kit", "kit/index.html", "kit", lambda: components(tuple(one.name for one in SAMPLES)))


def sample(name: str) -> Sample | None:
    """The sample of that name, or None."""
    return next((one for one in (*SAMPLES, KIT) if one.name == name), None)
