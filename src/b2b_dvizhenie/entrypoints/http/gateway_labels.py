"""Words for how rows of the gateway stand, and for what people did with them."""

from b2b_dvizhenie.entrypoints.http.label import N_, Label

GATEWAY_STATES = {
    "new": Label(N_("Waiting")),
    "applied": Label(N_("Applied"), "ok"),
    "error": Label(N_("Error"), "bad"),
    "skipped": Label(N_("Skipped")),
    "superseded": Label(N_("Replaced by a newer one")),
}
GATEWAY_CHANGES = {
    "exchange.gateway_absent_kept": Label(N_("Rows missing from a full export left")),
    "exchange.gateway_absent_removed": Label(N_("Rows missing from a full export removed")),
    "exchange.gateway_row_requeued": Label(N_("Row of the gateway put back")),
    "exchange.gateway_row_skipped": Label(N_("Row of the gateway skipped")),
    "exchange.gateway_rows_requeued": Label(N_("Rows of the gateway put back")),
}
