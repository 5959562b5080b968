"""The requisites of a company: what each legal form requires and forbids, and what is wrong with what was typed."""

import re
from collections.abc import Callable

from msgspec import Struct

from b2b_dvizhenie.domain.companies.check_digits import (
    is_account_form,
    is_account_of,
    is_bik,
    is_correspondent_of,
    is_digits,
    is_inn,
    is_kpp,
    is_ogrn,
    is_ogrnip,
)
from b2b_dvizhenie.domain.companies.terms import CompanyKind
from b2b_dvizhenie.domain.companies.texts import FieldRequired, clean_text
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid

MAX_NAME = 255
MAX_FULL_NAME = 1000
MAX_ADDRESS = 500
MAX_CONTACT = 200
_NUMBER = 40
_SPACES = re.compile(r"\s+")


class InnMalformed(DomainError):
    """An INN has `digits` digits and nothing else."""

    code = "companies.inn_malformed"


class InnMistyped(DomainError):
    """The check digits of the INN do not agree with the others."""

    code = "companies.inn_mistyped"


class KppMalformed(DomainError):
    """A KPP has nine signs: digits, at the fifth and sixth place perhaps capital Latin letters."""

    code = "companies.kpp_malformed"


class KppForbidden(DomainError):
    """Only organisations have a KPP."""

    code = "companies.kpp_forbidden"


class OgrnMalformed(DomainError):
    """A registration number has `digits` digits; an entrepreneur's begins with 3."""

    code = "companies.ogrn_malformed"


class OgrnMistyped(DomainError):
    """The check digit of the registration number does not agree with the others."""

    code = "companies.ogrn_mistyped"


class OgrnForbidden(DomainError):
    """A person who does no business has no registration number."""

    code = "companies.ogrn_forbidden"


class BikMalformed(DomainError):
    """A BIK has nine digits and begins with 04, of a treasury with 00 or 01."""

    code = "companies.bik_malformed"


class BikRequired(DomainError):
    """An account can be checked, and paid to, only with the BIK of its bank."""

    code = "companies.bik_required"


class AccountMalformed(DomainError):
    """An account has 20 digits."""

    code = "companies.account_malformed"


class AccountMistyped(DomainError):
    """The account is none of this bank: a digit of the account or of the BIK is wrong."""

    code = "companies.account_mistyped"


class BankAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a company is paid to. Everything may be empty; an account needs its bank's BIK."""

    bik: str = ""
    bank: str = ""
    account: str = ""
    correspondent: str = ""


class Requisites(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who a company is. `name` is what lists show, `full_name` what documents print."""

    kind: CompanyKind
    name: str
    full_name: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    bank: BankAccount = BankAccount()


def checked(typed: Requisites) -> Requisites:
    """The requisites as they are stored: numbers without spaces, texts composed.

    A legal entity has an INN of ten digits and a KPP, an entrepreneur an INN of twelve and no KPP; of both the OGRN may
    be left out. A person needs no number and has neither KPP nor OGRN.

    Raises:
        Invalid: everything that is wrong, each by its field (`inn`, `bank.account`).
    """
    faults: list[DomainError] = []

    def take(judged: Callable[[], str]) -> str:
        try:
            return judged()
        except DomainError as fault:
            faults.append(fault)
            return ""

    kind = typed.kind
    bank = typed.bank
    bik = take(lambda: _bik(bank.bik, needed=bool(_squeezed(bank.account) or _squeezed(bank.correspondent))))
    stored = Requisites(
        kind=kind,
        name=take(lambda: clean_text(typed.name, "name", MAX_NAME, required=True)),
        full_name=take(lambda: clean_text(typed.full_name, "full_name", MAX_FULL_NAME)),
        inn=take(lambda: _inn(typed.inn, kind)),
        kpp=take(lambda: _kpp(typed.kpp, kind)),
        ogrn=take(lambda: _ogrn(typed.ogrn, kind)),
        address=take(lambda: clean_text(typed.address, "address", MAX_ADDRESS)),
        phone=take(lambda: clean_text(typed.phone, "phone", MAX_CONTACT)),
        email=take(lambda: clean_text(typed.email, "email", MAX_CONTACT)),
        bank=BankAccount(
            bik=bik,
            bank=take(lambda: clean_text(bank.bank, "bank.bank", MAX_NAME)),
            account=take(lambda: _account(bank.account, "bank.account", bik, is_account_of)),
            correspondent=take(lambda: _account(bank.correspondent, "bank.correspondent", bik, is_correspondent_of)),
        ),
    )
    if faults:
        raise Invalid(faults)
    return stored


def checked_inn(text: str, field: str = "inn") -> str:
    """An INN of any legal form, without spaces.

    Raises:
        FieldRequired, InnMalformed, InnMistyped: by the field.
    """
    inn = _squeezed(text)
    if not inn:
        raise FieldRequired(field)
    if not is_digits(inn, 10, 12):
        raise InnMalformed(field, digits="10 / 12")
    if not is_inn(inn):
        raise InnMistyped(field)
    return inn


def _squeezed(text: str) -> str:
    # What is longer than any number stays long, and is refused as malformed without further work.
    return _SPACES.sub("", text[:_NUMBER])


def _inn(text: str, kind: CompanyKind) -> str:
    inn, digits = _squeezed(text), 10 if kind is CompanyKind.LEGAL else 12
    if not inn:
        if kind is CompanyKind.PERSON:
            return ""
        raise FieldRequired("inn")
    if not is_digits(inn, digits):
        raise InnMalformed("inn", digits=digits)
    if not is_inn(inn):
        raise InnMistyped("inn")
    return inn


def _kpp(text: str, kind: CompanyKind) -> str:
    kpp = _squeezed(text).upper()
    if kind is not CompanyKind.LEGAL:
        if kpp:
            raise KppForbidden("kpp")
        return ""
    if not kpp:
        raise FieldRequired("kpp")
    if not is_kpp(kpp):
        raise KppMalformed("kpp")
    return kpp


def _ogrn(text: str, kind: CompanyKind) -> str:
    ogrn = _squeezed(text)
    if not ogrn:
        return ""
    if kind is CompanyKind.PERSON:
        raise OgrnForbidden("ogrn")
    digits, is_number = (13, is_ogrn) if kind is CompanyKind.LEGAL else (15, is_ogrnip)
    if not is_digits(ogrn, digits) or (kind is CompanyKind.ENTREPRENEUR and ogrn[0] != "3"):
        raise OgrnMalformed("ogrn", digits=digits)
    if not is_number(ogrn):
        raise OgrnMistyped("ogrn")
    return ogrn


def _bik(text: str, *, needed: bool) -> str:
    bik = _squeezed(text)
    if not bik:
        if needed:
            raise BikRequired("bank.bik")
        return ""
    if not is_bik(bik):
        raise BikMalformed("bank.bik")
    return bik


def _account(text: str, field: str, bik: str, is_of: Callable[[str, str], bool]) -> str:
    account = _squeezed(text).upper()
    if not account:
        return ""
    if not is_account_form(account):
        raise AccountMalformed(field)
    # Without a BIK that is one, the fault is the BIK's, and told there.
    if bik and not is_of(account, bik):
        raise AccountMistyped(field)
    return account
