"""Requisites of companies and firms as columns and as the JSON of `details`, which 1C's companies fill as well."""

from typing import Any

from b2b_dvizhenie.domain.companies import BankAccount, CompanyKind, Requisites


def details_of(requisites: Requisites) -> dict[str, Any]:
    """What `details` holds of requisites made by hand: the keys that an import writes."""
    bank = requisites.bank
    found: dict[str, Any] = {}
    if requisites.address:
        found["address"] = requisites.address
    contacts = [("phone", requisites.phone), ("email", requisites.email)]
    if any(value for _, value in contacts):
        found["contacts"] = [{"kind": kind, "value": value} for kind, value in contacts if value]
    if bank != BankAccount():
        account = {"number": bank.account, "bic": bank.bik, "bank": bank.bank, "correspondent": bank.correspondent}
        found["accounts"] = [account]
    return found


def columns_of(requisites: Requisites) -> dict[str, Any]:
    """The columns of a company or firm that hold its requisites."""
    return {
        "kind": requisites.kind.value,
        "name": requisites.name,
        "full_name": requisites.full_name,
        "inn": requisites.inn,
        "kpp": requisites.kpp,
        "ogrn": requisites.ogrn,
        "details": details_of(requisites),
    }


def requisites_of(
    kind: str, name: str, full_name: str, inn: str, kpp: str, ogrn: str, details: dict[str, Any]
) -> Requisites:
    """The requisites that columns hold. Of several accounts and contacts, which 1C may send, the first ones."""
    contacts = [str(one.get("value", "")) for one in details.get("contacts", ())]
    account: dict[str, Any] = next(iter(details.get("accounts", ())), {})
    return Requisites(
        kind=CompanyKind(kind),
        name=name,
        full_name=full_name,
        inn=inn,
        kpp=kpp,
        ogrn=ogrn,
        address=str(details.get("address", "")),
        phone=next((one for one in contacts if "@" not in one), ""),
        email=next((one for one in contacts if "@" in one), ""),
        bank=BankAccount(
            bik=str(account.get("bic", "")),
            bank=str(account.get("bank", "")),
            account=str(account.get("number", "")),
            correspondent=str(account.get("correspondent", "")),
        ),
    )
