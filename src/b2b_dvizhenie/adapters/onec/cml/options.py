"""What an exchange node may set about reading its files. Defaults fit an untouched 1C."""

from decimal import Decimal

from msgspec import Struct


class ReadOptions(Struct, frozen=True):
    """Settings of one exchange node that change how its files are read."""

    default_currency: str = ""
    """ISO code for currencies whose spelling is unknown ("у.е."); "" leaves them unknown."""
    brand_from: tuple[str, ...] = ("manufacturer", "trade_mark")
    """Where a good's brand is, best first: `manufacturer` (Изготовитель), `trade_mark` (ТорговаяМарка)."""
    requisite_weight_factor: Decimal = Decimal("0.001")
    """Kilograms in one unit of the requisite Вес: УТ 10 gives grams (onec.md §3.4)."""
    element_weight_factor: Decimal = Decimal(1)
    """Kilograms in one unit of the element Вес (УНФ, 3.1)."""
    multiple_requisites: frozenset[str] = frozenset({"кратность", "кратностьотгрузки", "кратностьзаказа"})
    """Requisites that hold the order multiple, as `values.requisite_key` spells them."""
    duplicates_checked: int = 200_000
    """How many refs of one file are remembered to warn about repeated rows; bounds the memory."""
