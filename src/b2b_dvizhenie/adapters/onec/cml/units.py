"""Units of OKEI that wholesalers use: what 1C must be told where our catalogue only knows the code, or nothing."""

from b2b_dvizhenie.application.exchange.records import Unit

_PIECE = Unit("796", "шт", "Штука", "PCE")
_OKEI = {
    unit.code: unit
    for unit in (
        _PIECE,
        Unit("006", "м", "Метр", "MTR"),
        Unit("018", "пог. м", "Погонный метр"),
        Unit("055", "м2", "Квадратный метр", "MTK"),
        Unit("112", "л", "Литр", "LTR"),
        Unit("113", "м3", "Кубический метр", "MTQ"),
        Unit("163", "г", "Грамм", "GRM"),
        Unit("166", "кг", "Килограмм", "KGM"),
        Unit("168", "т", "Тонна", "TNE"),
        Unit("356", "ч", "Час", "HUR"),
        Unit("625", "лист", "Лист", "LEF"),
        Unit("704", "набор", "Набор", "SET"),
        Unit("715", "пар", "Пара", "NPR"),
        Unit("736", "рул", "Рулон", "NPL"),
        Unit("778", "упак", "Упаковка", "NMP"),
        Unit("812", "ящ", "Ящик", "BX"),
        Unit("839", "компл", "Комплект"),
    )
}


def named(unit: Unit) -> Unit:
    """The unit with a short name: its own, or OKEI's, or the code itself; nothing at all is a piece."""
    if unit.name:
        return unit
    known = _OKEI.get(unit.code, Unit())
    name = known.name or unit.full_name or unit.international or unit.code
    if not name:
        return _PIECE
    return Unit(unit.code, name, unit.full_name or known.full_name, unit.international or known.international)
