"""The person's own pages: profile, password and second factor, sessions."""

from datetime import datetime

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form


class AccountCompany(Struct, frozen=True, kw_only=True):
    """A company the person buys for; `terms` is the title of its price type, None where there is none."""

    name: str
    inn: str
    kpp: str = ""
    terms: str | None = None
    current: bool = False


class ProfileView(Struct, frozen=True, kw_only=True):
    """Name, role, logins, companies. `role` is a key of labels["role"]; without `prices` no price types are shown."""

    name: str
    role: str
    email: str = ""
    phone: str = ""
    companies: tuple[AccountCompany, ...] = ()
    prices: bool = True


class SessionRow(Struct, frozen=True, kw_only=True):
    """A device that is logged in; `device` is empty where it did not say what it is."""

    id: str
    device: str
    address: str
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool = False


class SecurityView(Struct, frozen=True, kw_only=True):
    """Sessions, password, second factor. `totp_qr` is the QR code, as SVG, of one that waits for a code.

    `totp_due` says that nothing else is open until it is set up. `recovery_codes` were made just now.
    """

    sessions: tuple[SessionRow, ...]
    password_form: Form = Form()
    password_changed_at: datetime | None = None
    totp_due: bool = False
    totp_enabled: bool = False
    totp_required: bool = False
    totp_secret: str = ""
    totp_qr: str = ""
    totp_form: Form = Form()
    recovery_codes: tuple[str, ...] = ()
    recovery_codes_left: int = 0
