"""The way in: password, one-time code, second factor. Nobody can sign up here."""

from typing import Literal

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form


class LoginView(Struct, frozen=True, kw_only=True):
    """The login page. `step` decides which form it shows; the codes went to `sent_to`, already masked."""

    form: Form = Form()
    step: Literal["password", "code_request", "code", "second_factor", "recovery", "new_password"] = "password"
    next_url: str = "/"
    recovery: bool = False  # a forgotten password can be replaced by a link or a code
    code_login: bool = False  # one-time codes by SMS or mail are switched on
    access_request_url: str | None = None
    sent_to: str = ""
    resend_after: int = 0  # seconds
    demo_logins: tuple[str, ...] = ()  # only where the demo was asked for
