"""The person's own pages: profile, password and second factor, sessions."""

from datetime import datetime

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice


class ProfileView(Struct, frozen=True, kw_only=True):
    """Name, contacts and habits. Phone and mail are logins, so changing them asks for the password."""

    form: Form
    role: str
    manager: str = ""
    manager_contacts: str = ""
    companies: tuple[str, ...] = ()
    currencies: tuple[Choice, ...] = ()
    warehouses: tuple[Choice, ...] = ()
    notifications: tuple["NotificationRow", ...] = ()


class NotificationRow(Struct, frozen=True, kw_only=True):
    """An event with the channels the person may switch; None where the administrator decides."""

    key: str
    title: str
    sms: bool | None
    email: bool | None
    push: bool | None


class SessionRow(Struct, frozen=True, kw_only=True):
    """A device that is logged in."""

    id: str
    device: str
    address: str
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool = False


class SecurityView(Struct, frozen=True, kw_only=True):
    """Password, second factor, sessions. `totp_svg` is the QR code of a factor that waits for its first code."""

    sessions: tuple[SessionRow, ...]
    password_form: Form = Form()
    password_changed_at: datetime | None = None
    totp_enabled: bool = False
    totp_required: bool = False
    totp_secret: str = ""
    totp_qr_url: str = ""
    totp_form: Form = Form()
    recovery_codes: tuple[str, ...] = ()
