"""Words for how an order differs in 1C, and for the steps of a price."""

from b2b_dvizhenie.entrypoints.http.label import N_, Label

DRIFT_KINDS = {
    "quantity": Label(N_("Another quantity"), "warn"),
    "base_price": Label(N_("Another base price"), "bad"),
    "discount_missing": Label(N_("Discount missing in 1C"), "bad"),
    "discount_extra": Label(N_("Extra discount in 1C"), "bad"),
    "discount_other": Label(N_("Another discount"), "bad"),
    "joining": Label(N_("Discounts joined otherwise"), "bad"),
    "limit": Label(N_("Only we held the price"), "bad"),
    "rounding": Label(N_("Rounding"), "warn"),
    "vat": Label(N_("Another VAT"), "warn"),
    "line_absent": Label(N_("Line missing in 1C"), "warn"),
    "line_added": Label(N_("Line added by 1C"), "warn"),
    "amount": Label(N_("Another sum of the line"), "bad"),
    "total": Label(N_("Another total"), "bad"),
}
DRIFT_STEPS = {
    "presence": Label(N_("The line")),
    "quantity": Label(N_("Quantity")),
    "base": Label(N_("Base price")),
    "discount": Label(N_("Discount")),
    "limit": Label(N_("Discounts after the limit")),
    "price": Label(N_("Price after discounts")),
    "amount": Label(N_("Sum of the line")),
    "vat": Label(N_("VAT")),
    "total": Label(N_("Total")),
}
