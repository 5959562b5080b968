"""How numbers, money and dates look in one language: Babel's data, exact decimals, typographic spaces.

Babel's own formatters cost 30–50 µs a call, a catalogue page needs some two hundred calls. Numbers are therefore
put together from the separators and symbols of the locale, which a property test compares with Babel; dates,
which repeat, go through Babel and a small cache.
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_compact_decimal, get_currency_symbol, get_decimal_symbol, get_group_symbol
from babel.units import format_unit

from b2b_dvizhenie.domain.shared.money import Money, minor_digits

NBSP = "\u00a0"
MINUS = "\u2212"
#: Unit prices are stored with four digits; what is charged must be what is shown, so none of them is rounded away.
MAX_DIGITS = 4
#: In English texts these symbols stand after the amount: CLDR would print the code, `RUB56,215.70`.
_SUFFIXED_IN_ENGLISH = frozenset({"RUB", "KZT", "BYN", "UZS", "KGS", "AMD", "TJS"})
_CACHE = 4096
_COMPACT_FROM = 1000
_COARSE = 100
_RUSSIAN_PHONE = len("+79123456789")


class Formats:
    """Formats of one language; instants are shown in the seller's zone.

    Args:
        language: `ru` or `en`.
        zone: IANA name of the zone business dates are in.
    """

    def __init__(self, language: str, zone: str) -> None:
        self.language = language
        self.zone = ZoneInfo(zone)
        self._locale = Locale.parse(language)
        self._separators = str.maketrans(
            {",": get_group_symbol(self._locale), ".": get_decimal_symbol(self._locale), "-": MINUS}
        )
        self._currency = lru_cache(64)(self._currency_affixes)
        self._written = lru_cache(_CACHE)(self._format_date)
        self._moment = lru_cache(_CACHE)(self._format_moment)

    def money(self, value: Money) -> str:
        """An amount with its currency: at least the minor unit, up to four digits where a unit price has them."""
        prefix, suffix = self._currency(value.currency)
        return f"{prefix}{self._number(value.amount, minor_digits(value.currency))}{suffix}"

    def balance(self, value: Money) -> str:
        """An amount of a balance as the sheets of Russian accountants write roubles: in letters, not by the sign."""
        if self.language == "ru" and value.currency == "RUB":
            return f"{self._number(value.amount, minor_digits(value.currency))}{NBSP}руб."
        return self.money(value)

    def amount(self, value: Money | Decimal) -> str:
        """The amount without its currency, for columns whose head names it."""
        if isinstance(value, Money):
            return self._number(value.amount, minor_digits(value.currency))
        return self._number(value, 2)

    def quantity(self, value: Decimal | int) -> str:
        """A quantity or count: no trailing zeros, at most four digits after the point."""
        if isinstance(value, int):
            return f"{value:,d}".translate(self._separators)
        return self._number(value, 0)

    def percent(self, value: Decimal | int) -> str:
        """A percentage given in percent: 22 becomes `22 %`."""
        return f"{self.quantity(value)}{NBSP if self.language == 'ru' else ''}%"

    def signed_percent(self, value: Decimal | int) -> str:
        """A change in percent, always with its sign."""
        return ("+" if value > 0 else "") + self.percent(value)

    def compact(self, value: Decimal | int) -> str:
        """A large number for a tile, three digits or so and the word of its order: `38,6` millions."""
        number = Decimal(value)
        digits = 1 if abs(number) >= _COMPACT_FROM else 0
        text = format_compact_decimal(number, locale=self._locale, fraction_digits=digits)
        return text.replace(" ", NBSP).replace("-", MINUS)

    def day(self, value: date | datetime) -> str:
        """A day: `22 нояб. 2026 г.`; instants are moved to the seller's zone first."""
        return self._written(self._local_day(value), "d MMM y")

    def short_date(self, value: date | datetime) -> str:
        """A day without the year, for charts and near dates."""
        return self._written(self._local_day(value), "d MMM")

    def numeric_date(self, value: date | datetime) -> str:
        """A day in digits for narrow columns: `22.11.2026`."""
        return self._written(self._local_day(value), "dd.MM.y" if self.language == "ru" else "dd/MM/y")

    def moment(self, value: datetime) -> str:
        """Day and time to the minute."""
        return self._moment(value, "minute")

    def time(self, value: datetime) -> str:
        """Time of day to the minute."""
        return self._moment(value, "time")

    def exact_time(self, value: datetime) -> str:
        """Day and time to the second, for logs."""
        return self._moment(value, "second")

    def duration(self, value: timedelta) -> str:
        """A span in its largest sensible unit: `2 ч`, `3 мин`."""
        return format_timedelta(value, format="short", threshold=1.4, locale=self._locale).replace(" ", NBSP)

    def file_size(self, value: int) -> str:
        """Bytes as kilobytes, megabytes or gigabytes of 1024."""
        power = min(3, max(1, (value.bit_length() - 1) // 10))
        scaled = Decimal(value) / 1024**power
        rounded = _rounded(scaled, 0 if scaled >= _COARSE else 1)
        unit = ("kilobyte", "megabyte", "gigabyte")[power - 1]
        return format_unit(rounded, f"digital-{unit}", "short", locale=self._locale).replace(" ", NBSP)

    def phone(self, value: str) -> str:
        """A Russian number in groups, `+7 912 345-67-89`; any other as it is stored."""
        if len(value) != _RUSSIAN_PHONE or not value.startswith("+7"):
            return value
        return f"+7 {value[2:5]} {value[5:8]}-{value[8:10]}-{value[10:]}"

    def iso(self, value: date | datetime) -> str:
        """The machine-readable form for the attribute of a <time> element."""
        return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()

    def _number(self, value: Decimal, least: int) -> str:
        exponent = value.as_tuple().exponent
        digits = max(0, -exponent) if isinstance(exponent, int) else least
        if digits > MAX_DIGITS:
            value, digits = _rounded(value, MAX_DIGITS), MAX_DIGITS
        text = f"{value:,.{max(digits, least)}f}"
        if digits > least:
            head, _, tail = text.partition(".")
            tail = tail[:least] + tail[least:].rstrip("0")
            text = f"{head}.{tail}" if tail else head
        return text.translate(self._separators)

    def _currency_affixes(self, currency: str) -> tuple[str, str]:
        symbol = get_currency_symbol(currency, self._locale)
        if self.language == "en" and currency in _SUFFIXED_IN_ENGLISH:
            # English data has no sign for these currencies; the Russian data has.
            return "", NBSP + get_currency_symbol(currency, "ru")
        return ("", NBSP + symbol) if self.language == "ru" else (symbol, "")

    def _local_day(self, value: date | datetime) -> date:
        return value.astimezone(self.zone).date() if isinstance(value, datetime) else value

    def _format_date(self, value: date, pattern: str) -> str:
        return format_date(value, pattern, self._locale).replace(" ", NBSP)

    def _format_moment(self, value: datetime, precision: str) -> str:
        local = value.astimezone(self.zone)
        if precision == "time":
            return format_time(local, "HH:mm", locale=self._locale)
        pattern = "d MMM y, HH:mm" if precision == "minute" else "dd.MM.y HH:mm:ss"
        return format_datetime(local, pattern, locale=self._locale)


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
