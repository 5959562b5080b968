"""Samples of the panel's pages about ways to pay."""

from b2b_dvizhenie.entrypoints.http.pages import payment_methods as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice

_URL = "/panel/payment-methods/1"
_LONG = "ООО «Торговый дом Северо-Западная электротехническая компания»"


def methods() -> views.PaymentMethodsView:
    """Methods in every state, and buyers that none is for."""
    row = views.PaymentMethodRow
    return views.PaymentMethodsView(
        rows=(
            row(
                name="По договору с отсрочкой",
                kind="on_account",
                state="offered",
                payers=("legal", "entrepreneur"),
                position=10,
                agreements=1_204,
                url=_URL,
            ),
            row(name="Предоплата по счёту", kind="prepayment", state="off", position=20, url=_URL),
            row(
                name="Наличными при получении",
                kind="cash",
                state="offered",
                payers=("entrepreneur",),
                firms=(_LONG, "ООО «Продавец»"),
                position=30,
                agreements=2,
                url=_URL,
            ),
            row(name="Картой на сайте", kind="card", state="waits", payers=("person",), position=40, url=_URL),
        ),
        cards_connected=False,
        uncovered=("person",),
        new_url="/panel/payment-methods/new",
    )


def methods_empty() -> views.PaymentMethodsView:
    """A house without ways to pay."""
    return views.PaymentMethodsView(rows=(), cards_connected=False, new_url="/panel/payment-methods/new")


def method() -> views.PaymentMethodView:
    """The form of a method, with mistakes."""
    return views.PaymentMethodView(
        form=Form(
            {"name": "Картой на сайте", "kind": "card", "position": "много"},
            {
                "position": "Место — целое число от 0 до 9999.",
                "payers": "Картой платят физические лица; организациям выставляется счёт.",
            },
        ),
        name="Картой на сайте",
        action=_URL,
        back_url="/panel/payment-methods",
        kinds=(
            Choice("on_account", "С отсрочкой по договору"),
            Choice("prepayment", "Предоплата по счёту"),
            Choice("cash", "Наличными"),
            Choice("card", "Картой"),
        ),
        payers=(
            Choice("payer.legal", "Организация", selected=True),
            Choice("payer.entrepreneur", "Предприниматель"),
            Choice("payer.person", "Физическое лицо", selected=True),
        ),
        firms=(Choice("firm.1", "ООО «Продавец»", selected=True), Choice("firm.2", _LONG)),
    )
