"""The specification: a named list of goods that a person keeps, and may share (features.md SPEC, MUL-1; ux.md B12).

It belongs to its owner, not to a company: switching the company keeps the lists and changes only what they cost. Its
lines are lines of the cart (`carts.py`) under the same rules of quantity, and like the cart it holds no price.

What a reader was shown is noted per reader, company and what his prices are made of. A later price is compared only
with a note of the same three, so a mark "was → is" never tells of another company's price, or of a price that his level
no longer opens.
"""

from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.ordering.carts import CartLine, Seen
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import CompanyId, SpecificationId, UserId
from b2b_dvizhenie.domain.shared.spelling import spelled
from b2b_dvizhenie.domain.visibility import Opened

MAX_SPECIFICATIONS = 500
"""Lists of one owner."""
MAX_SPECIFICATION_NAME = 120


class SpecificationNameInvalid(DomainError):
    """The name is empty, longer than `maximum` characters, or holds signs that cannot be seen."""

    code = "ordering.specification_name_invalid"


class SpecificationReadOnly(DomainError):
    """The list is a colleague's, who shared it for reading."""

    code = "ordering.specification_read_only"
    kind = Kind.FORBIDDEN


class TooManySpecifications(DomainError):
    """The owner has `maximum` lists already."""

    code = "ordering.too_many_specifications"
    kind = Kind.CONFLICT


class Sharing(StrEnum):
    """What the owner lets colleagues do, who buy for the company the list was made for."""

    PRIVATE = "private"
    READ = "read"
    EDIT = "edit"


class Access(StrEnum):
    """What somebody may do with a list."""

    NONE = "none"
    READ = "read"
    EDIT = "edit"  # its lines
    OWN = "own"  # also its name, who shares it, and whether it exists

    @property
    def edits(self) -> bool:
        """Whether lines may be changed."""
        return self in {Access.EDIT, Access.OWN}


class Specification(Struct, frozen=True, kw_only=True):
    """A list without its lines. `company_id` is the company it was made for: colleagues there may share it.

    `version` counts changes; who changes the list says which version he saw, so that nobody overwrites what he did not
    see.
    """

    specification_id: SpecificationId
    owner_id: UserId
    company_id: CompanyId
    name: str
    sharing: Sharing = Sharing.PRIVATE
    version: int = 1


class Noted(Struct, frozen=True):
    """What a reader was shown for a line: in which quantity, and what the price was made of (`priced_by`)."""

    line: CartLine
    made_of: Opened


def specification_name(text: str, field: str = "name") -> str:
    """The name in its one spelling.

    Raises:
        SpecificationNameInvalid: empty, too long, or with control or formatting characters.
    """
    name = spelled(text, MAX_SPECIFICATION_NAME)
    if name is None:
        raise SpecificationNameInvalid(field, maximum=MAX_SPECIFICATION_NAME)
    return name


def access_of(specification: Specification, user_id: UserId, *, are_colleagues: bool) -> Access:
    """What somebody may do.

    Args:
        specification: the list.
        user_id: who asks.
        are_colleagues: whether he and the owner both buy for the company of the list. A list stops being shared when
            either of them leaves the company, and its owner keeps it.
    """
    if specification.owner_id == user_id:
        return Access.OWN
    if not are_colleagues or specification.sharing is Sharing.PRIVATE:
        return Access.NONE
    return Access.EDIT if specification.sharing is Sharing.EDIT else Access.READ


def compared_with(noted: Noted | None, line: CartLine, made_of: Opened, currency: str) -> Seen | None:
    """What today's price of a line is compared with; None where the note is of something else, or there is none."""
    if noted is None or noted.line.seen is None:
        return None
    alike = noted.line.quantity == line.quantity and noted.made_of == made_of
    return noted.line.seen if alike and noted.line.seen.currency == currency else None


def to_note(before: Seen | None, now: Seen | None) -> Seen | None:
    """What a look at the list leaves on record: the first price that can be compared stays, until the reader says that
    he has seen today's.

    Args:
        before: what the price is compared with, by `compared_with`.
        now: today's price, None where there is none.

    Returns:
        What is to be written; None where the record stays as it is.
    """
    return now if before is None else None
