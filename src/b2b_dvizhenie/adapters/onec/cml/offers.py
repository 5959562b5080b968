"""Предложение of a package to `OfferRecord`: prices and stock in all their spellings (onec.md §3.5)."""

from decimal import Decimal

from lxml.etree import _Element

from b2b_dvizhenie.adapters.onec.cml import values
from b2b_dvizhenie.adapters.onec.cml.env import CODE_LIMIT, NAME_LIMIT, Env, Row, leaves, places
from b2b_dvizhenie.adapters.onec.cml.goods import barcodes
from b2b_dvizhenie.adapters.onec.cml.pieces import read_attributes, read_files, read_properties, read_unit
from b2b_dvizhenie.application.exchange.records import OfferRecord, PriceRow, StockRow

PLACES = places(
    texts="Ид ИдХарактеристики НомерВерсии ПометкаУдаления Статус Артикул Наименование Количество "
    "ПолноеНаименование Ширина Длина Высота Вес Код КодГруппыТоваров БитриксТеги ИдКаталога",
    nested="БазоваяЕдиница ХарактеристикиТовара ЗначенияСвойств Цены Остатки КоличествоНаСкладах Группы "
    "Описание СтавкиНалогов ЗначенияРеквизитов",
    lists="Штрихкод ШтрихКод Картинка Склад Склады",
)
TOTAL = "*"
_ONE = Decimal(1)
_ZERO = Decimal(0)


def read_offer(element: _Element, env: Env) -> OfferRecord | None:
    """The offer, or None with a problem in `env` when it has no usable id."""
    env.enter("offer", element)
    row = Row(element, env, PLACES)
    texts, nested = row.texts, row.nested
    name = texts.get("Наименование", "")
    own = env.product_ref(texts, name)
    if own is None:
        return None
    ref, variant = own
    stocks, complete = _stocks(row, env)
    shown, prices, base = row.paths("Картинка"), nested.get("Цены"), nested.get("БазоваяЕдиница")
    return OfferRecord(
        ref=ref,
        variant_ref=variant,
        name=name if len(name) <= NAME_LIMIT else env.cut(name, NAME_LIMIT),
        article=env.cut(texts.get("Артикул", ""), CODE_LIMIT),
        barcodes=barcodes(row) if row.lists else (),
        unit=read_unit(base) if base is not None else None,
        attributes=read_attributes(nested.get("ХарактеристикиТовара")),
        properties=read_properties(nested.get("ЗначенияСвойств"), env),
        pictures=read_files(shown, env)[0] if shown is not None else None,
        prices=None if prices is None else _prices(prices, env),
        stocks=stocks,
        stocks_complete=complete,
        deleted=row.deleted,
        line=env.line,
    )


def _prices(element: _Element, env: Env) -> tuple[PriceRow, ...] | None:
    """Цены. An empty element withdraws all prices in a full package, and says nothing in one of changes."""
    if not len(element):
        return None if env.only_changes else ()
    rows: list[PriceRow] = []
    for item in element:
        inner = {child.tag: child.text for child in item}
        price_type = env.shared_ref(inner.get("ИдТипаЦены"))
        if not price_type:
            env.error("exchange.price_type_missing", entity="price")
            continue
        text = inner.get("ЦенаЗаЕдиницу")
        value = values.price(text) if text else None
        if value is None:
            if text and text.strip():
                env.error("exchange.number_unreadable", text, "price")
        elif value <= 0:
            if value < 0:
                env.warn("exchange.price_negative", text or "", "price")
            value = None
        factor = _ONE
        if (text := inner.get("Коэффициент")) and text != "1":
            factor = _factor(text, env)
        minimum = values.quantity(text) if (text := inner.get("МинКоличество")) else None
        unit = inner.get("Единица")
        rows.append(
            PriceRow(
                price_type,
                value,
                env.currency(inner.get("Валюта")),
                unit.strip()[:CODE_LIMIT] if unit else "",
                factor,
                minimum if minimum is not None and minimum > 0 else _ZERO,
                _vat_included(item) if "Налог" in inner else None,
            )
        )
    return tuple(rows)


def _factor(text: str, env: Env) -> Decimal:
    factor = values.number(text)
    if factor is None or factor <= 0:
        if text.strip() and factor != 0:
            env.warn("exchange.number_unreadable", f"Коэффициент {text}", "price")
        return _ONE
    return factor


def _vat_included(price: _Element) -> bool | None:
    for child in price:
        if child.tag == "Налог":
            return values.flag(leaves(child).get("УчтеноВСумме"))
    return None


def _stocks(row: Row, env: Env) -> tuple[tuple[StockRow, ...] | None, bool]:
    """(rows, whether unlisted warehouses are empty). Four spellings by warehouse, else the total."""
    said: list[tuple[str | None, str | None]] = []
    by_attributes = row.lists.get("Склад") or row.lists.get("Склады") or ()
    for child in by_attributes:
        inner = child if len(child) and not child.get("ИдСклада") else (child,)
        said += [(store.get("ИдСклада"), store.get("КоличествоНаСкладе")) for store in inner]
    for item in row.nested.get("КоличествоНаСкладах", ()):
        texts = leaves(item)
        said.append((texts.get("Ид") or texts.get("ИдСклада"), texts.get("Количество")))
    rests = row.nested.get("Остатки", ())
    for rest in rests:
        stores = [leaves(child) for child in rest if child.tag == "Склад"]
        said += [(texts.get("Ид"), texts.get("Количество")) for texts in stores]
        if not stores:
            said.append((TOTAL, leaves(rest).get("Количество")))
    if not said and (total := row.texts.get("Количество")) is not None:
        said.append((TOTAL, total))
    found: dict[str, Decimal] = {}
    readable = True
    for warehouse, text in said:
        readable = _put(found, warehouse, text, env) and readable
    if not found:
        return None, False
    rows = tuple([StockRow(warehouse, quantity) for warehouse, quantity in found.items()])
    # A quantity nobody could read must not count as nothing in that warehouse.
    return rows, readable and (len(rests) > 0 or not env.only_changes)


def _put(found: dict[str, Decimal], warehouse: str | None, text: str | None, env: Env) -> bool:
    store = env.shared_ref(warehouse)
    if not store:
        env.error("exchange.warehouse_missing", entity="stock")
        return False
    quantity = values.quantity(text) if text else None
    if quantity is None:
        if text and text.strip():
            env.error("exchange.number_unreadable", text, "stock")
        return False
    found[store] = quantity
    return True
