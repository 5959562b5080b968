"""The list of all routes, one line per group of pages or API context."""

from litestar.types import ControllerRouterHandler

from b2b_dvizhenie.entrypoints.http import exchange as exchange_door
from b2b_dvizhenie.entrypoints.http import files, health
from b2b_dvizhenie.entrypoints.http import gateway as gateway_door
from b2b_dvizhenie.entrypoints.http.api import account as account_api
from b2b_dvizhenie.entrypoints.http.api import audit as audit_api
from b2b_dvizhenie.entrypoints.http.api import balance as balance_api
from b2b_dvizhenie.entrypoints.http.api import carts, catalog, companies, exchange, identity, jobs, orders, pricing
from b2b_dvizhenie.entrypoints.http.api import company_directory as company_directory_api
from b2b_dvizhenie.entrypoints.http.api import currencies as currencies_api
from b2b_dvizhenie.entrypoints.http.api import documents as documents_api
from b2b_dvizhenie.entrypoints.http.api import drift as drift_api
from b2b_dvizhenie.entrypoints.http.api import entrance as entrance_api
from b2b_dvizhenie.entrypoints.http.api import payment_methods as payment_methods_api
from b2b_dvizhenie.entrypoints.http.api import roles as roles_api
from b2b_dvizhenie.entrypoints.http.api import rule_sets as rule_sets_api
from b2b_dvizhenie.entrypoints.http.api import rules as rules_api
from b2b_dvizhenie.entrypoints.http.api import second_factor as second_factor_api
from b2b_dvizhenie.entrypoints.http.api import settings as settings_api
from b2b_dvizhenie.entrypoints.http.api import specifications as specifications_api
from b2b_dvizhenie.entrypoints.http.api import users as users_api
from b2b_dvizhenie.entrypoints.http.api import vip as vip_api
from b2b_dvizhenie.entrypoints.http.panel import (
    audit,
    company_agreements,
    company_balance,
    company_history,
    company_pages,
    company_people,
    company_vip,
    drift,
    exchange_logs,
    exchange_nodes,
    firm_pages,
    levels,
    new_user,
    price_check,
    price_groups,
    price_rules,
    price_sheets,
    price_what_if,
    rates,
    requests,
    role_tree,
    roles,
    segment_rules,
    segments,
    specifications,
    staff,
    user_card,
    users,
    view_as,
    vip_offers,
    why,
)
from b2b_dvizhenie.entrypoints.http.panel import documents as panel_documents
from b2b_dvizhenie.entrypoints.http.panel import exchange as panel_exchange
from b2b_dvizhenie.entrypoints.http.panel import frame as panel
from b2b_dvizhenie.entrypoints.http.panel import gateway as panel_gateway
from b2b_dvizhenie.entrypoints.http.panel import jobs as panel_jobs
from b2b_dvizhenie.entrypoints.http.panel import payment_methods as panel_payment_methods
from b2b_dvizhenie.entrypoints.http.panel import prices as panel_prices
from b2b_dvizhenie.entrypoints.http.panel import settings as panel_settings
from b2b_dvizhenie.entrypoints.http.panel import vip as panel_vip
from b2b_dvizhenie.entrypoints.http.portal import (
    access_request,
    account,
    balance,
    cart_pages,
    catalogue,
    checkout,
    displaying,
    document_pages,
    entrance,
    entrance_codes,
    entrance_links,
    live,
    order_pages,
    product,
    reasons,
    second_factor,
    specification_files,
    specification_forms,
    specification_pages,
    vip_cabinet,
)

ROUTES: list[ControllerRouterHandler] = [
    *health.ROUTES,
    *identity.ROUTES,
    *entrance_api.ROUTES,
    *account_api.ROUTES,
    *second_factor_api.ROUTES,
    *roles_api.ROUTES,
    *users_api.ROUTES,
    *settings_api.ROUTES,
    *audit_api.ROUTES,
    *companies.ROUTES,
    *company_directory_api.ROUTES,
    *catalog.ROUTES,
    *pricing.ROUTES,
    *rule_sets_api.ROUTES,
    *rules_api.ROUTES,
    *currencies_api.ROUTES,
    *exchange.ROUTES,
    *carts.ROUTES,
    *orders.ROUTES,
    *payment_methods_api.ROUTES,
    *specifications_api.ROUTES,
    *documents_api.ROUTES,
    *balance_api.ROUTES,
    *balance.ROUTES,
    *drift_api.ROUTES,
    *jobs.ROUTES,
    *entrance.ROUTES,
    *entrance_codes.ROUTES,
    *entrance_links.ROUTES,
    *access_request.ROUTES,
    *second_factor.ROUTES,
    *catalogue.ROUTES,
    *product.ROUTES,
    *reasons.ROUTES,
    *cart_pages.ROUTES,
    *live.ROUTES,
    *specification_pages.ROUTES,
    *specification_forms.ROUTES,
    *specification_files.ROUTES,
    *checkout.ROUTES,
    *order_pages.ROUTES,
    *document_pages.ROUTES,
    *panel_documents.ROUTES,
    *panel.ROUTES,
    *panel_jobs.ROUTES,
    *panel_prices.ROUTES,
    *price_rules.ROUTES,
    *price_groups.ROUTES,
    *price_check.ROUTES,
    *price_sheets.ROUTES,
    *price_what_if.ROUTES,
    *drift.ROUTES,
    *specifications.ROUTES,
    *users.ROUTES,
    *new_user.ROUTES,
    *user_card.ROUTES,
    *staff.ROUTES,
    *view_as.ROUTES,
    *why.ROUTES,
    *panel_settings.ROUTES,
    *roles.ROUTES,
    *role_tree.ROUTES,
    *levels.ROUTES,
    *segments.ROUTES,
    *segment_rules.ROUTES,
    *audit.ROUTES,
    *company_pages.ROUTES,
    *company_agreements.ROUTES,
    *company_people.ROUTES,
    *company_history.ROUTES,
    *firm_pages.ROUTES,
    *panel_payment_methods.ROUTES,
    *company_balance.ROUTES,
    *company_vip.ROUTES,
    *panel_vip.ROUTES,
    *vip_offers.ROUTES,
    *vip_cabinet.ROUTES,
    *displaying.ROUTES,
    *vip_api.ROUTES,
    *rates.ROUTES,
    *requests.ROUTES,
    *account.ROUTES,
    *panel_exchange.ROUTES,
    *exchange_logs.ROUTES,
    *panel_gateway.ROUTES,
    *exchange_nodes.ROUTES,
    *files.ROUTES,
    *exchange_door.ROUTES,
    *gateway_door.ROUTES,
]
