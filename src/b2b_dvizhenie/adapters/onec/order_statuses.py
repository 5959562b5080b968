"""Words in which the kinds of 1C name the status of an order, and what they mean for us (onec.md §4.4).

The node's own table comes first; this is what holds where an administrator set nothing.
"""

from collections.abc import Mapping

from b2b_dvizhenie.domain.exchange.order_states import status_key
from b2b_dvizhenie.domain.ordering import OrderStatus

_WORDS = {
    OrderStatus.SENT: (
        "Новый",
        "Не согласован",
        "На согласовании",
        "Ожидается согласование",
    ),
    OrderStatus.CONFIRMED: (
        "К выполнению",
        "В резерве",
        "К обеспечению",
        "В работе",
        "Открыт",
        "Подтвержден",
        "Подтверждён",
        "Ожидается оплата до обеспечения",
        "Готов к обеспечению",
        "Ожидается оплата до отгрузки",
        "Ожидается обеспечение",
    ),
    OrderStatus.PICKING: ("К отгрузке", "Готов к отгрузке", "В процессе отгрузки", "Собирается"),
    OrderStatus.SHIPPED: ("Отгружен", "Ожидается оплата", "Готов к закрытию"),
    OrderStatus.CLOSED: ("Закрыт", "Выполнен", "Завершен", "Завершён"),
    OrderStatus.CANCELLED: ("Отменен", "Отменён", "Не актуален"),
}

ORDER_STATUSES: Mapping[str, OrderStatus] = {
    **{status_key(word): status for status, words in _WORDS.items() for word in words},
    # Our own codes: some 1Cs send back the status they were given.
    **{status_key(status.value): status for status in OrderStatus},
}
"""Our status by `status_key` of the word."""
