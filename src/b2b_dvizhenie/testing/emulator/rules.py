"""How the four families of 1C behave on the line (onec.md §1): what they send, and what they refuse to read."""

from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.testing.wholesaler import Profile


class Credentials(StrEnum):
    """What a client sends after checkauth (rule 6)."""

    BOTH = "both"
    BASIC = "basic"
    COOKIE = "cookie"


class Sessid(StrEnum):
    """What a client does with the fourth line of checkauth."""

    IGNORED = "ignored"
    STRIPPED = "stripped"
    """The literal `sessid=` is cut off, the rest goes into `&sessid=…`."""
    GLUED = "glued"
    """The whole line is glued to the address."""


class Rules(Struct, frozen=True):
    """The behaviour of one family."""

    profile: Profile
    credentials: Credentials
    sessid: Sessid
    init_lines: frozenset[int] | None
    """Accepted numbers of lines; None = any from one on."""
    version: str = ""
    """Sent with init; then init must answer four lines."""
    trims_status: bool = True
    session_per_file: bool = True
    """A portion is a session of its own; otherwise all files go in one."""
    timeout: float = 180
    """Seconds the client waits for an answer."""
    poll_pause: float = 0
    """Seconds between two `import` requests."""
    orders_in_container: bool = False
    namespaces: frozenset[str] | None = frozenset({""})
    """Namespaces the order reader sees through; None = any."""
    refuses_empty: bool = False
    upload_ends_with_import: bool = True
    upload_name: str = "orders-{guid}_{n}.xml"
    tells_status: bool = False
    """Whether orders come back with «Статус заказа»."""
    closes_full_export: bool = False
    """A full export ends with `deactivate` and `complete`."""
    number_prefix: str = "УТ00-"


RULES = {
    rules.profile: rules
    for rules in (
        Rules(
            profile=Profile.UT10,
            credentials=Credentials.COOKIE,
            sessid=Sessid.IGNORED,
            init_lines=frozenset({2}),
            trims_status=False,
            session_per_file=False,
            timeout=600,
            upload_ends_with_import=False,
            upload_name="v8_{guid}.xml",
            number_prefix="ТД00-",
        ),
        Rules(
            profile=Profile.UT115,
            credentials=Credentials.BOTH,
            sessid=Sessid.STRIPPED,
            init_lines=frozenset({2}),
            namespaces=frozenset({"", "urn:1C.ru:commerceml_2"}),
            refuses_empty=True,
        ),
        Rules(
            profile=Profile.UNF,
            credentials=Credentials.BOTH,
            sessid=Sessid.GLUED,
            init_lines=None,
            timeout=1800,
            poll_pause=5,
            namespaces=None,
            upload_ends_with_import=False,
            tells_status=True,
            number_prefix="НФ00-",
        ),
        Rules(
            profile=Profile.BITRIX31,
            credentials=Credentials.BOTH,
            sessid=Sessid.STRIPPED,
            init_lines=frozenset({2, 4}),
            version="3.1",
            orders_in_container=True,
            namespaces=None,
            refuses_empty=True,
            upload_name="documents_1_{n}_{guid}.xml",
            tells_status=True,
            closes_full_export=True,
        ),
    )
}


class Misbehaviour(Struct, frozen=True):
    """What goes wrong on purpose. Chunks are counted from 0 in each file that has several of them."""

    lose_chunk: int | None = None
    """The chunk is never sent, as if a proxy had swallowed it; 1C does not notice."""
    repeat_chunk: int | None = None
    """The chunk is sent twice, as after a lost answer."""
    drop_in_chunk: int | None = None
    """The connection breaks in the middle of the chunk, once; 1C starts the portion anew."""
    wrong_password: bool = False
    no_authorization: bool = False
    """The web server in front drops the header."""
    no_credentials_after_checkauth: bool = False
    """Neither cookie nor Basic after checkauth."""
    chunked_encoding: bool = False
    """Bodies go without Content-Length, in pieces of a few bytes."""
    wrong_sessid: bool = False
