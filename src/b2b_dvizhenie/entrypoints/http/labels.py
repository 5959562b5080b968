"""Words and tones for the states of things: one table, so that a status looks the same on every page.

`N_` marks texts for the catalogues. Templates write `{{ status|label("order") }}` and `badge(status, "order")`.
"""

from b2b_dvizhenie.entrypoints.http.audit_labels import CHANGES, FIELDS
from b2b_dvizhenie.entrypoints.http.drift_labels import DRIFT_KINDS, DRIFT_STEPS
from b2b_dvizhenie.entrypoints.http.label import N_, Label, Tone

__all__ = ["LABELS", "N_", "Label", "label_of"]

LABELS: dict[str, dict[str, Label]] = {
    "order": {
        "draft": Label(N_("Draft")),
        "new": Label(N_("New order"), "info"),
        "awaiting_approval": Label(N_("Awaiting approval"), "warn"),
        "sent": Label(N_("Sent to 1C"), "info"),
        "confirmed": Label(N_("Confirmed"), "info"),
        "picking": Label(N_("Being picked"), "info"),
        "in_progress": Label(N_("In progress"), "info"),
        "reserved": Label(N_("Reserved"), "info"),
        "awaiting_payment": Label(N_("Awaiting payment"), "warn"),
        "shipping": Label(N_("Being shipped"), "info"),
        "partly_shipped": Label(N_("Partly shipped"), "info"),
        "shipped": Label(N_("Shipped"), "ok"),
        "closed": Label(N_("Completed"), "ok"),
        "completed": Label(N_("Completed"), "ok"),
        "cancelled": Label(N_("Cancelled")),
        "failed": Label(N_("Not accepted by 1C"), "bad"),
    },
    "rule_set": {
        "draft": Label(N_("Draft"), "warn"),
        "in_force": Label(N_("In force"), "ok"),
        "planned": Label(N_("Planned"), "info"),
        "superseded": Label(N_("Not in force")),
    },
    "what_if_side": {
        "company": Label(N_("By company")),
        "manager": Label(N_("By manager")),
        "article": Label(N_("By goods")),
    },
    "drift": DRIFT_KINDS,
    "drift_step": DRIFT_STEPS,
    "rule_kind": {
        "articles": Label(N_("List of articles")),
        "category_brand": Label(N_("Brand within a section")),
        "brand": Label(N_("Brand")),
        "category": Label(N_("Section with everything below")),
    },
    "effect": {
        "percent": Label(N_("Percent off")),
        "amount": Label(N_("Amount off a unit")),
        "fixed_price": Label(N_("Fixed price of a unit")),
    },
    "strategy": {
        "max": Label(N_("The larger discount wins")),
        "min": Label(N_("The smaller discount wins")),
        "sum": Label(N_("Discounts are added up")),
        "compound": Label(N_("One after another, each from what is left")),
        "displace": Label(N_("The first by order wins")),
        "by_kind": Label(N_("By kind: one kind goes before another")),
        "priority_max": Label(N_("The highest priority, the larger inside it")),
        "priority_stack": Label(N_("By priority, until one stops the rest")),
        "exclusive_if_better": Label(N_("The exclusive one, if it is better")),
        "best_price": Label(N_("The lowest price wins")),
        "refuse": Label(N_("Demand a decision before publishing")),
    },
    "fault": {
        "ambiguous": Label(N_("Demands a decision"), "bad"),
        "covers_nothing": Label(N_("Covers no goods"), "warn"),
        "for_nobody": Label(N_("For no active company"), "warn"),
        "unreachable": Label(N_("Never applies"), "warn"),
        "tie_by_id": Label(N_("Equal to another"), "warn"),
        "below_limit": Label(N_("Held by a limit"), "info"),
        "overlap": Label(N_("Periods overlap"), "info"),
        "quantity_cliff": Label(N_("More costs less"), "warn"),
    },
    "payment": {
        "unpaid": Label(N_("Not paid"), "warn"),
        "partly_paid": Label(N_("Partly paid"), "warn"),
        "paid": Label(N_("Paid"), "ok"),
        "overdue": Label(N_("Overdue"), "bad"),
        "refunded": Label(N_("Refunded")),
    },
    "run": {
        "ok": Label(N_("Done"), "ok"),
        "running": Label(N_("Running"), "info"),
        "warning": Label(N_("Done with remarks"), "warn"),
        "error": Label(N_("Error"), "bad"),
        "overdue": Label(N_("Late"), "bad"),
        "cancelled": Label(N_("Stopped")),
        "never": Label(N_("Never ran")),
    },
    "job": {
        "waiting": Label(N_("Waiting")),
        "running": Label(N_("Running"), "info"),
        "retrying": Label(N_("Will retry"), "warn"),
        "done": Label(N_("Done"), "ok"),
        "dead": Label(N_("Gave up"), "bad"),
    },
    "trigger": {
        "schedule": Label(N_("by schedule")),
        "manual": Label(N_("by hand")),
        "erp": Label(N_("started by 1C")),
        "retry": Label(N_("retry")),
    },
    "level": {
        "info": Label(N_("Taken")),
        "changed": Label(N_("Changed"), "ok"),
        "skipped": Label(N_("Skipped")),
        "warning": Label(N_("Remark"), "warn"),
        "error": Label(N_("Error"), "bad"),
    },
    "user": {
        "active": Label(N_("Active"), "ok"),
        "invited": Label(N_("Invited"), "info"),
        "blocked": Label(N_("Blocked"), "bad"),
    },
    "stock": {
        "none": Label(N_("out of stock")),
        "low": Label(N_("few left"), "warn"),
        "enough": Label(N_("in stock"), "ok"),
    },
    "role": {
        "client": Label(N_("Buyer")),
        "manager": Label(N_("Manager")),
        "head_of_managers": Label(N_("Head of managers")),
        "director": Label(N_("Director")),
        "administrator": Label(N_("Administrator")),
    },
    "scope": {
        "own": Label(N_("own")),
        "assigned": Label(N_("own clients")),
        "subtree": Label(N_("subordinates")),
        "firm": Label(N_("the firm")),
        "all": Label(N_("everything")),
    },
    "resource": {
        "audit": Label(N_("Audit trail")),
        "cart": Label(N_("Cart")),
        "catalog": Label(N_("Catalogue")),
        "companies": Label(N_("Companies")),
        "exchange": Label(N_("Exchange")),
        "jobs": Label(N_("Jobs")),
        "orders": Label(N_("Orders")),
        "panel": Label(N_("Panel")),
        "prices": Label(N_("Prices")),
        "profile": Label(N_("Account")),
        "segments": Label(N_("Segments")),
        "settings": Label(N_("Settings")),
        "statistics": Label(N_("Statistics")),
        "stock": Label(N_("Stock")),
        "requests": Label(N_("Requests for access")),
        "users": Label(N_("Users")),
        "vip": Label(N_("VIP clients")),
        "visibility": Label(N_("Access levels")),
    },
    "permission": {
        "audit.view": Label(N_("See who changed what")),
        "cart.edit": Label(N_("Fill the cart")),
        "catalog.view": Label(N_("See the catalogue")),
        "companies.manage": Label(N_("Change companies, their buyers and terms")),
        "companies.view": Label(N_("See companies")),
        "exchange.manage": Label(N_("Set the exchange up")),
        "exchange.view": Label(N_("See the exchange and its log")),
        "jobs.manage": Label(N_("Retry and discard jobs")),
        "jobs.view": Label(N_("See background jobs")),
        "orders.pay_by_card": Label(N_("Pay by card for an entrepreneur")),
        "orders.place": Label(N_("Place orders")),
        "orders.process": Label(N_("Process orders")),
        "orders.view": Label(N_("See orders")),
        "panel.access": Label(N_("Enter the panel")),
        "prices.manage": Label(N_("Edit discounts")),
        "prices.publish": Label(N_("Publish discounts")),
        "prices.view": Label(N_("See prices")),
        "profile.view": Label(N_("See one's own account")),
        "balance.view": Label(N_("See balances")),
        "segments.manage": Label(N_("Change segments and who is in them")),
        "segments.view": Label(N_("See segments")),
        "settings.manage": Label(N_("Change settings")),
        "settings.view": Label(N_("See settings")),
        "specifications.view": Label(N_("See specifications")),
        "statistics.view": Label(N_("See statistics")),
        "stock.view": Label(N_("See stock")),
        "users.manage": Label(N_("Manage people, roles and rights")),
        "users.view": Label(N_("See people")),
        "requests.manage": Label(N_("Decide about requests for access")),
        "users.view_as": Label(N_("See everything as somebody else does")),
        "vip.manage": Label(N_("Decide who is VIP, and what partners offer")),
        "vip.view": Label(N_("See who is VIP, what they took up, and candidates")),
        "visibility.manage": Label(N_("Change what access levels open")),
        "visibility.view": Label(N_("See what access levels open")),
    },
    "change": CHANGES,
    "payment_kind": {
        "on_account": Label(N_("On account, with deferral")),
        "prepayment": Label(N_("Prepayment by invoice")),
        "cash": Label(N_("In cash")),
        "card": Label(N_("By card")),
    },
    "payment_method": {
        "offered": Label(N_("Offered"), "ok"),
        "waits": Label(N_("Not connected"), "warn"),
        "off": Label(N_("Switched off")),
    },
    "rate": {
        "used": Label(N_("Used"), "ok"),
        "held": Label(N_("A newer one waits"), "warn"),
        "stale": Label(N_("Too old"), "bad"),
        "missing": Label(N_("Not told yet"), "warn"),
    },
    "rate_source": {
        "cbr": Label(N_("Bank of Russia")),
    },
    "access_request": {
        "waiting": Label(N_("Waiting"), "warn"),
        "approved": Label(N_("Let in"), "ok"),
        "refused": Label(N_("Refused")),
    },
    "company_kind": {
        "legal": Label(N_("Organisation")),
        "entrepreneur": Label(N_("Entrepreneur")),
        "person": Label(N_("Individual")),
    },
    "company_state": {
        "active": Label(N_("Buys"), "ok"),
        "inactive": Label(N_("Does not buy")),
    },
    "partner_offer": {
        "offered": Label(N_("Offered"), "ok"),
        "future": Label(N_("Not begun yet"), "info"),
        "past": Label(N_("Over")),
        "hidden": Label(N_("Hidden")),
    },
    "agreement": {
        "current": Label(N_("In force"), "ok"),
        "spare": Label(N_("Another one counts"), "info"),
        "future": Label(N_("Not begun yet"), "info"),
        "expired": Label(N_("Expired"), "warn"),
        "closed": Label(N_("Closed")),
    },
    "rounding": {
        "line_each_discount": Label(N_("As 1C: every discount of a line")),
        "line_once": Label(N_("The line once")),
        "unit_then_line": Label(N_("The price of a unit, then the line")),
    },
    "field": FIELDS,
}

#: Shown for a state that the table does not know: its own name, without a tone.
_UNKNOWN_TONE: Tone = ""


def label_of(kind: str, state: str) -> Label:
    """The label of a state.

    Raises:
        KeyError: no such kind of state, which is a mistake in a template.
    """
    return LABELS[kind].get(state) or Label(state, _UNKNOWN_TONE)
