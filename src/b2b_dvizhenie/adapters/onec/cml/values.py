"""Values as 1C and its many modules write them (onec.md §3.8). Pure and total: bad text gives None."""

import re
from datetime import date, datetime
from decimal import Context, Decimal
from functools import lru_cache

from msgspec import Struct

from b2b_dvizhenie.domain.shared.refs import normal_ref

NIL = "00000000-0000-0000-0000-000000000000"
REF_LENGTH = 255

_PRECISE = Context(prec=60, rounding="ROUND_HALF_UP")
_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,4})?", re.ASCII)
_PRICE = re.compile(r"[1-9]\d{0,14}(?:\.\d{1,4})?", re.ASCII)
_NUMERIC = re.compile(r"[+-]?(?=[.,]*\d)[\d.,]{1,40}", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+", re.ASCII)
_BLANKS = str.maketrans(
    "−",
    "-",
    " \t\r\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000'’`",
)
_LIMIT = Decimal(10) ** 15
_FILLER = Decimal("-999999999.9")


_TRUE = frozenset({"true", "1", "да", "истина", "yes", "on"})
_FALSE = frozenset({"false", "0", "нет", "ложь", "no", "off"})

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_RUSSIAN = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?(?: ?г\.?)?", re.ASCII)

_SPELLINGS = {
    "RUB": "руб рубль рублей р ₽ rur 643 810 российскийрубль рубрф росруб",
    "USD": "840 $ дол долл доллар долларсша доллсша us$",
    "EUR": "978 € евро",
    "UAH": "980 грн гривна ₴",
    "BYN": "933 белруб byr",
    "KZT": "398 тенге тг ₸",
    "CNY": "156 юань ¥",
    "GBP": "826 £",
    "TRY": "949",
    "AMD": "051",
    "GEL": "981",
    "KGS": "417",
    "UZS": "860",
    "TJS": "972",
    "AZN": "944",
    "MDL": "498",
}
_CURRENCIES = {word: code for code, words in _SPELLINGS.items() for word in words.split()}
_ISO_4217 = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD
HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""
_CODES = frozenset(_ISO_4217.split())

_WITHOUT_VAT = frozenset({"безналога", "безндс", "ндснеоблагается", "необлагается", "безналогандс", "без", "нет"})
_VAT = re.compile(r"(?:ндс)?(\d{1,2}(?:[.,]\d{1,2})?)%?(?:/(?:100|\d{3}(?:[.,]\d{1,2})?)%?)?(?:ндс)?", re.ASCII)


class Vat(Struct, frozen=True):
    """A VAT rate. `rate` is percent, None = without VAT; `calculated` marks the form 20/120."""

    rate: Decimal | None
    calculated: bool = False


@lru_cache(maxsize=16384)
def number(text: str) -> Decimal | None:
    """The number, or None when there is none or it cannot be told (never 0 for an unreadable one).

    Blanks of all kinds and apostrophes group digits; of `,` and `.` the last one is decimal, or a single
    one; a separator that repeats must group digits by three. Bitrix's filler -999 999 999,9 means "no value".
    """
    if _PLAIN.fullmatch(text):
        value = Decimal(text)
    else:
        word = text.translate(_BLANKS)
        if not _NUMERIC.fullmatch(word):
            return None
        sign = "-" if word[0] == "-" else ""
        plain = _decimal_point(word.lstrip("+-"))
        if plain is None:
            return None
        value = Decimal(sign + plain)
        if abs(value) >= _LIMIT:
            return None
    if not value:
        return abs(value)
    return None if value == _FILLER else value


def _decimal_point(digits: str) -> str | None:
    """Digits with at most one point out of digits with any separators; None for senseless grouping."""
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return digits
    separator, other = digits[last], "." if digits[last] == "," else ","
    if digits.count(separator) > 1:
        return re.sub(r"[.,]", "", digits) if _GROUPED.fullmatch(digits) and other not in digits else None
    whole, fraction = digits[:last], digits[last + 1 :]
    if other in whole:
        if not _GROUPED.fullmatch(whole):
            return None
        whole = whole.replace(other, "")
    return f"{whole or '0'}.{fraction}" if fraction else whole


def price(text: str) -> Decimal | None:
    """A price kept with at most four decimals, half away from zero; None when unreadable."""
    # Prices of a file rarely repeat: reading them is cheaper than remembering them.
    return Decimal(text) if _PRICE.fullmatch(text) else _rounded(number(text), 4)


@lru_cache(maxsize=16384)
def quantity(text: str) -> Decimal | None:
    """A quantity kept with at most three decimals, half away from zero; None when unreadable."""
    return _rounded(number(text), 3)


def _rounded(value: Decimal | None, places: int) -> Decimal | None:
    if value is None:
        return None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -places:
        return value.quantize(Decimal(1).scaleb(-places), context=_PRECISE)
    return value


def flag(text: str | None) -> bool | None:
    """true/1/Да/Истина and their opposites, in any case; None for a blank or anything else."""
    if not text:
        return None
    word = text.strip().lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def moment(text: str | None) -> datetime | None:
    """A date with or without time: ISO (T or a blank, fractions and zone are dropped) or dd.MM.yyyy.

    The result is naive, in the seller's zone. Year 1 is 1C's empty date: None, like an impossible date.
    """
    if not text:
        return None
    text = text.strip()
    if match := _ISO.fullmatch(text):
        year, month, day_, hour, minute, second = match.groups()
    elif match := _RUSSIAN.fullmatch(text):
        day_, month, year, hour, minute, second = match.groups()
    else:
        return None
    if year in {"0001", "0000"}:
        return None
    try:
        return datetime(int(year), int(month), int(day_), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
    except ValueError:
        return None


def day(text: str | None) -> date | None:
    """The date of `moment`."""
    found = moment(text)
    return found.date() if found else None


@lru_cache(maxsize=256)
def currency(text: str) -> str | None:
    """ISO 4217 code for any usual spelling (руб., RUR, 643, ₽ …); "" for a blank, None for an unknown one."""
    word = text.translate(_BLANKS).strip(".").lower().replace(".", "")
    if not word:
        return ""
    if word in _CURRENCIES:
        return _CURRENCIES[word]
    code = word.upper()
    return code if code in _CODES else None


@lru_cache(maxsize=256)
def vat(text: str) -> Vat | None:
    """A VAT rate: 22, 10%, Без НДС, 20/120; None for a blank or an unreadable one. Rates are data."""
    word = text.translate(_BLANKS).lower()
    if word in _WITHOUT_VAT:
        return Vat(None)
    match = _VAT.fullmatch(word)
    if match is None:
        return None
    return Vat(Decimal(match[1].replace(",", ".")), calculated="/" in word)


@lru_cache(maxsize=256)
def okei(text: str) -> str:
    """A unit's OKEI code as text, zeros kept ("006"); "" when the text is not a code of 1-4 digits."""
    word = text.strip()
    return word if word.isascii() and word.isdigit() and len(word) <= 4 else ""


def ref(text: str | None) -> str:
    """An opaque id: trimmed; GUIDs (each side of `#` too) in lower case, anything else exactly as sent."""
    return normal_ref(text) if text else ""


def split_ref(text: str) -> tuple[str, str]:
    """Product and variant of `product#variant`; a nil variant is none."""
    product, _, variant = text.partition("#")
    product, variant = product.strip(), variant.strip()
    return product, "" if variant == NIL else variant


@lru_cache(maxsize=1024)
def requisite_key(name: str) -> str:
    """A requisite's name for comparison: lower case, ё as е, without blanks and dots (onec.md §4.3)."""
    return name.translate(_BLANKS).lower().replace("ё", "е").replace(".", "")
