"""The firm, its price types, warehouses and buyers. Names are generic, codes carry the tax office 00 of nobody."""

from msgspec import Struct

from b2b_dvizhenie.testing.wholesaler.assortment import guid
from b2b_dvizhenie.testing.wholesaler.checks import account, inn, ogrn


class PriceType(Struct, frozen=True):
    """A price type (вид цен), in rubles with VAT included."""

    ref: str
    name: str


class Warehouse(Struct, frozen=True):
    """A warehouse and the parts of its address: (1C's name of the part, value)."""

    ref: str
    name: str
    address: tuple[tuple[str, str], ...]


class Company(Struct, frozen=True):
    """A legal entity: the firm itself or a buyer (контрагент)."""

    ref: str
    name: str
    full_name: str
    inn: str
    kpp: str
    ogrn: str
    address: str
    phone: str
    email: str
    bank: str
    bic: str
    account: str
    correspondent: str


PRICE_TYPES = tuple(PriceType(guid("price type", name), name) for name in ("Розничная", "Опт-1", "Опт-2", "Дилерская"))
WAREHOUSES = tuple(
    Warehouse(
        guid("warehouse", city),
        name,
        (
            ("Почтовый индекс", post),
            ("Страна", "РОССИЯ"),
            ("Город", city),
            ("Улица", "Складская ул"),
            ("Дом", house),
        ),
    )
    for name, city, post, house in (
        ("Москва", "Москва г", "100000", "1"),
        ("Санкт-Петербург", "Санкт-Петербург г", "190000", "7"),
        ("Екатеринбург", "Екатеринбург г", "620000", "15"),
    )
)


def _company(number: int, name: str, city: str) -> Company:
    bic = f"0400{number:02d}{700 + number}"
    full_name = f"Общество с ограниченной ответственностью «{name}»"
    return Company(
        ref=guid("company", name),
        name=f"{name} ООО",
        full_name=full_name,
        inn=inn(f"00{10 + number % 50:02d}{31_000 + 617 * number:05d}"),
        kpp=f"00{10 + number % 50:02d}01001",
        ogrn=ogrn(f"1{15 + number % 9:02d}00{7_100_000 + 4_311 * number:07d}"),
        address=f"{city}, Учебная ул, дом {number + 1}, офис {100 + number}",
        phone=f"+7 (900) 000-{number:02d}-{10 + number:02d}",
        email=f"zakupki@buyer{number}.example.test",
        bank="АО «Учебный банк»",
        bic=bic,
        account=account(bic, f"407028100{number:011d}"),
        correspondent=account(bic, f"301018100000000{number:02d}{700 + number}", correspondent=True),
    )


FIRM = _company(0, "Движение-Электро", "Москва г")
BUYERS = tuple(
    _company(number, name, city)
    for number, (name, city) in enumerate(
        (
            ("Городской электромонтаж", "Москва г"),
            ("Монтажное управление № 4", "Москва г"),
            ("Розничная сеть «Свет и провод»", "Тверь г"),
            ("Щитовое производство", "Санкт-Петербург г"),
            ("Северная строительная компания", "Санкт-Петербург г"),
            ("Инженерные системы зданий", "Екатеринбург г"),
            ("Уральский комплектовщик", "Екатеринбург г"),
            ("Сервис промышленных предприятий", "Пермь г"),
            ("Электрика для дома", "Казань г"),
            ("Дорожное освещение", "Тула г"),
            ("Склад монтажника", "Рязань г"),
            ("Проектно-монтажная группа", "Челябинск г"),
        ),
        1,
    )
)
