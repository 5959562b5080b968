"""Why 1C would not go on: every refusal names the step, the broken rule and shows the bytes that broke it."""

from enum import StrEnum

from msgspec import Struct


class Reason(StrEnum):
    """Broken rules. Numbers in brackets are the rules of onec.md §0."""

    NO_CONNECTION = "no_connection"
    TIMED_OUT = "timed_out"
    UNAUTHORIZED = "unauthorized"
    HTTP_STATUS = "http_status"  # [4] failures of the protocol are 200 + failure
    CONTENT_ENCODING = "content_encoding"  # nobody asked for compression
    CHARSET_MISSING = "charset_missing"  # [3]
    CHARSET_WRONG = "charset_wrong"  # [3]
    BOM = "bom"  # [1, 17]
    LEADING_BLANK = "leading_blank"  # [1]
    CARRIAGE_RETURN = "carriage_return"  # [1]
    STATUS_CASE = "status_case"  # [1]
    STATUS_BLANKS = "status_blanks"  # [1] УТ 10 does not trim
    STATUS_UNKNOWN = "status_unknown"  # [1]
    SERVER_FAILURE = "server_failure"  # the server itself answered `failure`
    AUTH_LINES = "auth_lines"  # §2.2 checkauth
    COOKIE_UNSAFE = "cookie_unsafe"  # the header is name=value without quoting
    SESSID_LINE = "sessid_line"  # УНФ glues the whole line to the next addresses
    TIMESTAMP = "timestamp"  # a full export of 3.1 cannot be closed without it
    INIT_LINE_COUNT = "init_line_count"  # [2]
    INIT_ZIP = "init_zip"
    INIT_FILE_LIMIT = "init_file_limit"
    INIT_SESSID = "init_sessid"
    INIT_VERSION = "init_version"
    EXTRA_LINES = "extra_lines"  # shown to people as warnings
    IMPORT_NEVER_ENDS = "import_never_ends"  # [22]
    QUERY_ZIP = "query_zip"  # [17]
    QUERY_NOT_XML = "query_not_xml"  # [17]
    XML_ENCODING = "xml_encoding"  # [3] declaration against header
    XML_MALFORMED = "xml_malformed"
    ROOT = "root"
    NAMESPACE = "namespace"  # [19] breaks the exact path
    DOCUMENT_PLACE = "document_place"  # [19]
    EMPTY_ELEMENT = "empty_element"  # [20]
    ELEMENT_MISSING = "element_missing"
    ELEMENT_REPEATED = "element_repeated"
    VALUE_FORMAT = "value_format"
    TOO_LONG = "too_long"  # lengths of XSD 2.09
    OPERATION = "operation"  # other kinds are skipped in silence
    ROLE = "role"
    CURRENCY_UNKNOWN = "currency_unknown"  # aborts the whole load
    NUMBER_TOO_LONG = "number_too_long"  # [18]
    NUMBER_REPEATED = "number_repeated"  # [18]
    NUMBER_CHANGED = "number_changed"  # [18]
    COUNTERPARTY = "counterparty"
    COUNTERPARTY_COLLAPSED = "counterparty_collapsed"  # one Ид for several customers
    GOOD_UNKNOWN = "good_unknown"  # 1C would create a duplicate
    SUMS = "sums"
    VAT = "vat"
    INFO = "info"  # §4.6
    GATEWAY = "gateway"  # §5.2 a message, a row or a file was refused
    RECEIPT = "receipt"  # the gateway's answer contradicts what was sent (§5.2)
    REPLAY = "replay"  # §5.2 the same message, the same answer
    RETRY_AFTER = "retry_after"  # §5.2 busy without a word for how long
    ECHO = "echo"  # [21] what 1C confirmed or sent itself came again


class Wire(Struct, frozen=True):
    """What went over the line: the request as one line, the status, the content type and the first bytes."""

    request: str
    status: int = 0
    content_type: str = ""
    body: bytes = b""

    def __str__(self) -> str:
        answer = f"{self.status} {self.content_type!r}" if self.status else "no answer"
        return f"{self.request} -> {answer} {self.body[:400]!r}"


class EmulatorRefused(Exception):
    """1C would not go on.

    Args:
        step: `checkauth`, `init`, `file`, `import`, `query`, `success`, `info` with the exchange type in front.
        reason: the broken rule.
        wire: the raw exchange that broke it.
        detail: what exactly, for people.
    """

    def __init__(self, step: str, reason: Reason, wire: Wire, detail: str = "") -> None:
        super().__init__(step, reason, wire, detail)
        self.step = step
        self.reason = reason
        self.wire = wire
        self.detail = detail

    def __str__(self) -> str:
        what = f"{self.reason}: {self.detail}" if self.detail else self.reason
        return f"{self.step}: {what}\n  {self.wire}"
