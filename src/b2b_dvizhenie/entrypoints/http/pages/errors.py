"""Pages for refusals: what happened, what to do, the number to quote."""

from msgspec import Struct


class ErrorView(Struct, frozen=True, kw_only=True):
    """A refused request. `detail` is the translated sentence of the error; `retry_after` in seconds."""

    status: int
    detail: str
    code: str = ""
    request_id: str = ""
    retry_after: int | None = None
    home_url: str = "/"
    login_url: str | None = None
    support: str = ""
