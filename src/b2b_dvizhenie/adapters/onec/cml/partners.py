"""Контрагент to `PartnerRecord` (onec.md §3.6). Garbage in requisites is kept out, never guessed right."""

from collections.abc import Mapping

from lxml.etree import _Element

from b2b_dvizhenie.adapters.onec.cml.classifier import read_address
from b2b_dvizhenie.adapters.onec.cml.env import (
    CODE_LIMIT,
    NAME_LIMIT,
    Env,
    Kids,
    Row,
    children,
    kids_of,
    leaves,
    places,
    text_of,
)
from b2b_dvizhenie.application.exchange.records import BankAccount, PartnerRecord

PLACES = places(
    texts="Ид НомерВерсии ПометкаУдаления Статус Наименование ПолноеНаименование ОфициальноеНаименование "
    "Роль ИНН КПП КодПоОКПО ОКПО ОГРН ОГРНИП Имя Фамилия Отчество Обращение Комментарий ДатаРождения "
    "МестоРождения Пол ОКВЭД ОКОПФ ЮрФизЛицо ДатаРегистрации Отношение",
    nested="ЮридическийАдрес АдресРегистрации Адрес Контакты РасчетныеСчета Представители УдостоверениеЛичности",
    lists="",
)
_ENTREPRENEUR = ("ип ", "индивидуальный предприниматель", "и.п. ", "пбоюл", "чп ")
_PERSON_INN = 12
_COMPANY_INN = 10


def read_partner(element: _Element, env: Env) -> PartnerRecord | None:
    """The partner, or None with a problem in `env` when it has no usable id."""
    env.enter("partner", element)
    row = Row(element, env, PLACES)
    texts, nested = row.texts, row.nested
    official, person = texts.get("ОфициальноеНаименование", ""), texts.get("ПолноеНаименование", "")
    full_name = official or person
    name = texts.get("Наименование") or full_name
    ref = env.own_ref(texts.get("Ид"), name)
    if ref is None:
        return None
    env.repeated()
    inn = _digits(texts, "ИНН", (_COMPANY_INN, _PERSON_INN), env)
    addresses = (read_address(nested.get(tag)) for tag in ("ЮридическийАдрес", "АдресРегистрации", "Адрес"))
    return PartnerRecord(
        ref=ref,
        name=env.cut(name, NAME_LIMIT),
        full_name=env.cut(full_name, NAME_LIMIT),
        kind=_kind(official, person, name, inn),
        role=texts.get("Роль", "")[:CODE_LIMIT],
        inn=inn,
        kpp=_digits(texts, "КПП", (9,), env),
        ogrn=_digits(texts, "ОГРН", (13, 15), env) or _digits(texts, "ОГРНИП", (15,), env),
        okpo=_digits(texts, "КодПоОКПО", (8, 10, 14), env) or _digits(texts, "ОКПО", (8, 10, 14), env),
        address=next((address for address in addresses if address), ""),
        contacts=_contacts(nested),
        accounts=_accounts(nested),
        deleted=row.deleted is True,
        version=texts.get("НомерВерсии", "")[:CODE_LIMIT],
        line=env.line,
    )


def _kind(official: str, person: str, name: str, inn: str) -> str:
    spelled = f"{person or name} ".lower()
    if official and len(inn) != _PERSON_INN:
        return "legal"
    if len(inn) == _COMPANY_INN:
        return "legal"
    if spelled.startswith(_ENTREPRENEUR):
        return "entrepreneur"
    if len(inn) == _PERSON_INN:
        # A person whose tax number a wholesaler's 1C knows buys as an entrepreneur.
        return "entrepreneur"
    return "person" if person and not official else "legal"


def _digits(texts: Mapping[str, str], tag: str, lengths: tuple[int, ...], env: Env) -> str:
    text = texts.get(tag, "").replace(" ", "").replace("\u00a0", "")
    if not text:
        return ""
    if text.isascii() and text.isdigit() and len(text) in lengths:
        return text
    env.warn("exchange.requisite_unreadable", f"{tag} {text}")
    return ""


def _contacts(kids: Kids) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for item in children(kids, "Контакты"):
        inner = leaves(item)
        kind, value = (inner.get("Тип") or "").strip(), (inner.get("Значение") or "").strip()
        if value:
            found.append((kind[:CODE_LIMIT], value[:CODE_LIMIT]))
    return tuple(found)


def _accounts(kids: Kids) -> tuple[BankAccount, ...]:
    found: list[BankAccount] = []
    for item in children(kids, "РасчетныеСчета"):
        inner = kids_of(item)
        bank = kids_of(inner["Банк"]) if "Банк" in inner else {}
        number = text_of(inner, "НомерСчета")
        if number:
            found.append(
                BankAccount(
                    number[:CODE_LIMIT],
                    text_of(bank, "БИК")[:CODE_LIMIT],
                    text_of(bank, "Наименование")[:NAME_LIMIT],
                    text_of(bank, "СчетКорреспондентский")[:CODE_LIMIT],
                )
            )
    return tuple(found)
