"""Numbers of orders: what people say on the phone and what 1C looks orders up by."""

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

MAX_NUMBER = 11
"""1C keeps the number in a String(11) column and takes a longer one for another order (onec.md rule 18)."""
_PREFIX = "B-"
_PADDED = 6


class NumbersExhausted(DomainError):
    """The sequence of order numbers has outgrown eleven characters."""

    code = "ordering.numbers_exhausted"
    kind = Kind.UNAVAILABLE


def order_number(sequence: int) -> str:
    """The number of the order that got this value of the sequence: `B-000001` … `B-999999999`.

    Values are never reused, so numbers are unique; a value that a failed transaction took leaves a gap.

    Raises:
        ValueError: the value is not positive.
        NumbersExhausted: it has more digits than 1C has room for.
    """
    if sequence < 1:
        raise ValueError("order numbers start at 1")
    number = f"{_PREFIX}{sequence:0{_PADDED}d}"
    if len(number) > MAX_NUMBER:
        raise NumbersExhausted
    return number
