"""Words and tones for the states of things: one table, so that a status looks the same on every page.

`N_` marks texts for the catalogues. Templates write `{{ status|label("order") }}` and `badge(status, "order")`.
"""

from typing import Literal

from msgspec import Struct

Tone = Literal["", "ok", "warn", "bad", "info"]


class Label(Struct, frozen=True):
    """The English message id of a state and the tone it is shown in."""

    text: str
    tone: Tone = ""


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a message for extraction; it is translated where it is shown."""
    return message


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
        "settings": Label(N_("Settings")),
        "statistics": Label(N_("Statistics")),
        "stock": Label(N_("Stock")),
        "users": Label(N_("Users")),
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
        "orders.place": Label(N_("Place orders")),
        "orders.process": Label(N_("Process orders")),
        "orders.view": Label(N_("See orders")),
        "panel.access": Label(N_("Enter the panel")),
        "prices.manage": Label(N_("Edit discounts")),
        "prices.publish": Label(N_("Publish discounts")),
        "prices.view": Label(N_("See prices")),
        "profile.view": Label(N_("See one's own account")),
        "settings.manage": Label(N_("Change settings")),
        "settings.view": Label(N_("See settings")),
        "statistics.view": Label(N_("See statistics")),
        "stock.view": Label(N_("See stock")),
        "users.manage": Label(N_("Manage people, roles and rights")),
        "users.view": Label(N_("See people")),
    },
    "change": {
        "companies.agreement_changed": Label(N_("Agreement changed")),
        "companies.agreement_closed": Label(N_("Agreement closed")),
        "companies.agreement_made": Label(N_("Agreement added")),
        "companies.buyer_assigned": Label(N_("Access to a company given")),
        "companies.buyer_removed": Label(N_("Access to a company taken away")),
        "companies.company_changed": Label(N_("Requisites changed")),
        "companies.company_created": Label(N_("Company added")),
        "companies.company_switched": Label(N_("Company switched on or off")),
        "companies.firm_changed": Label(N_("Seller firm changed")),
        "companies.firm_created": Label(N_("Seller firm added")),
        "companies.manager_assigned": Label(N_("Personal manager assigned")),
        "companies.terms_set": Label(N_("Price type of a company set")),
        "exchange.absent_decided": Label(N_("Decided about goods missing from an export")),
        "exchange.import_repeated": Label(N_("Import repeated")),
        "exchange.node_changed": Label(N_("Exchange node changed")),
        "exchange.node_created": Label(N_("Exchange node added")),
        "hierarchy.head_changed": Label(N_("Head changed")),
        "hierarchy.right_granted": Label(N_("Right given")),
        "hierarchy.right_revoked": Label(N_("Right taken away")),
        "hierarchy.role_created": Label(N_("Role added")),
        "hierarchy.role_deleted": Label(N_("Role deleted")),
        "hierarchy.role_given": Label(N_("Role of a person changed")),
        "hierarchy.role_moved": Label(N_("Role moved")),
        "hierarchy.role_renamed": Label(N_("Role renamed")),
        "hierarchy.user_blocked": Label(N_("Person blocked")),
        "hierarchy.user_unblocked": Label(N_("Person unblocked")),
        "identity.password_changed": Label(N_("Password changed")),
        "identity.invitation_used": Label(N_("Invitation taken up")),
        "identity.person_invited": Label(N_("Invitation sent")),
        "identity.recovery_used": Label(N_("Password restored by a link")),
        "identity.tokens_reset": Label(N_("Tokens reset")),
        "identity.user_created": Label(N_("User added")),
        "operations.job_discarded": Label(N_("Job discarded")),
        "operations.job_retried": Label(N_("Job retried")),
        "operations.schedule_changed": Label(N_("Schedule changed")),
        "pricing.draft_created": Label(N_("Draft of discounts created")),
        "pricing.draft_discarded": Label(N_("Draft of discounts discarded")),
        "pricing.group_dropped": Label(N_("Discount group removed")),
        "pricing.group_put": Label(N_("Discount group saved")),
        "pricing.preset_applied": Label(N_("Way of choosing discounts set")),
        "pricing.rule_put": Label(N_("Discount saved")),
        "pricing.rule_set_changed": Label(N_("Name and limits of discounts changed")),
        "pricing.rule_set_published": Label(N_("Discounts published")),
        "pricing.rule_set_rolled_back": Label(N_("Discounts rolled back")),
        "pricing.rules_dropped": Label(N_("Discounts removed")),
        "pricing.rules_imported": Label(N_("Discounts imported")),
        "pricing.start_cancelled": Label(N_("Planned start of discounts cancelled")),
        "settings.changed": Label(N_("Setting changed")),
        "ordering.erp_applied": Label(N_("Order changed by 1C")),
        "ordering.order_cancelled": Label(N_("Order cancelled")),
        "ordering.order_placed": Label(N_("Order placed")),
    },
    "company_kind": {
        "legal": Label(N_("Organisation")),
        "entrepreneur": Label(N_("Entrepreneur")),
        "person": Label(N_("Individual")),
    },
    "company_state": {
        "active": Label(N_("Buys"), "ok"),
        "inactive": Label(N_("Switched off")),
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
    "field": {
        "access_level": Label(N_("Access level")),
        "account": Label(N_("Account")),
        "address": Label(N_("Address")),
        "bank": Label(N_("Bank")),
        "bik": Label(N_("BIK")),
        "company_agreement": Label(N_("Agreement")),
        "correspondent": Label(N_("Correspondent account")),
        "credit_limit": Label(N_("Credit limit")),
        "firm_id": Label(N_("Seller firm")),
        "full_name": Label(N_("Full name")),
        "inn": Label(N_("INN")),
        "is_default": Label(N_("By default")),
        "kind": Label(N_("Kind")),
        "kpp": Label(N_("KPP")),
        "minimum_amount": Label(N_("Least order")),
        "ogrn": Label(N_("OGRN")),
        "rounding": Label(N_("Rounding")),
        "title": Label(N_("Title")),
        "valid_from": Label(N_("In force from")),
        "valid_to": Label(N_("In force until")),
        "warehouse_id": Label(N_("Warehouse")),
        "amount": Label(N_("Sum")),
        "attempts": Label(N_("Attempts")),
        "by": Label(N_("By whom")),
        "cancelled_by": Label(N_("Cancelled by")),
        "company_id": Label(N_("Company")),
        "currency": Label(N_("Currency")),
        "default_price_type": Label(N_("Price type by default")),
        "email": Label(N_("E-mail")),
        "head_id": Label(N_("Head")),
        "is_active": Label(N_("Switched on")),
        "is_paid": Label(N_("Paid")),
        "is_shipped": Label(N_("Shipped")),
        "last_error": Label(N_("Last error")),
        "lines": Label(N_("Lines")),
        "lines_changed": Label(N_("Lines changed")),
        "login": Label(N_("Login")),
        "manager_id": Label(N_("Manager")),
        "name": Label(N_("Name")),
        "number": Label(N_("Number")),
        "parent": Label(N_("Above it")),
        "phone": Label(N_("Phone")),
        "price_type_id": Label(N_("Price type")),
        "profile": Label(N_("Profile of the exchange")),
        "rights": Label(N_("Rights")),
        "role": Label(N_("Role")),
        "sessions_closed": Label(N_("Sessions closed")),
        "state": Label(N_("State")),
        "status": Label(N_("Status")),
        "value": Label(N_("Value")),
        "zone": Label(N_("Time zone")),
    },
}

#: Shown for a state that the table does not know: its own name, without a tone.
_UNKNOWN_TONE: Tone = ""


def label_of(kind: str, state: str) -> Label:
    """The label of a state.

    Raises:
        KeyError: no such kind of state, which is a mistake in a template.
    """
    return LABELS[kind].get(state) or Label(state, _UNKNOWN_TONE)
