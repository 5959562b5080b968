"""The page about the safety of one's own account: sessions, the password, the second step."""

from typing import Any, Literal

import segno
from litestar import Request, Response
from markupsafe import Markup

from b2b_dvizhenie.application.identity import ListSessions, ShowSecondFactor
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.identity import key_text, provisioning_uri
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages.account import SecurityView
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.portal.devices import session_rows
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

UNPROCESSABLE = 422
_DONE = {
    "closed": N_("The session is closed."),
    "ended": N_("That session had already ended."),
    "others": N_("You are logged out everywhere else."),
    "refreshed": N_("This device has a new token."),
    "password": N_("The password is changed, the other sessions are closed."),
    "second-factor-off": N_("The second factor is switched off."),
}
"""What was just done, by the word in the address one is redirected to."""
_FIELDS = frozenset({"current_password", "new_password", "code"})


def qr_of(text: str) -> str:
    """The QR code of a text as SVG to be put into a page: dark on white in either theme, as scanners need it."""
    drawn = segno.make(text, error="m", micro=False)
    svg = drawn.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup(svg)  # noqa: S704 - drawn here, from modules; the text itself is not in it


class SecurityPage:
    """Puts the page together. A Litestar dependency, as the frame is."""

    def __init__(self, frame: Frame, list_sessions: ListSessions, show_second_factor: ShowSecondFactor) -> None:
        self._frame = frame
        self._list_sessions = list_sessions
        self._show_second_factor = show_second_factor

    async def answer(
        self,
        request: Request[Actor, Any, Any],
        *,
        done: str = "",
        form: Literal["", "password", "totp"] = "",
        refusal: DomainError | None = None,
        recovery_codes: tuple[str, ...] = (),
    ) -> Response[str]:
        """The page.

        Args:
            request: of the person.
            done: what was just done.
            form: the form that was refused.
            refusal: why.
            recovery_codes: just made, and shown only now.
        """
        language = language_of(request)
        errors = {}
        if refusal is not None:
            field = refusal.field if refusal.field in _FIELDS else ""
            errors[field or ""] = error_text(refusal.code, refusal.params, language)
        view = await self._view(request, {form: Form({}, errors)}, recovery_codes)
        texts = self._frame.site.texts(language)
        flashes = (Flash(text=texts.gettext(_DONE[done])),) if done in _DONE else ()
        shell = await self._frame.shell(request, "account", flashes=flashes)
        answer = self._frame.page(request, "pages/security.html", {"shell": shell, "view": view})
        if refusal is not None:
            answer.status_code = UNPROCESSABLE
        return answer

    async def _view(
        self, request: Request[Actor, Any, Any], forms: dict[str, Form], recovery_codes: tuple[str, ...]
    ) -> SecurityView:
        actor = request.user
        state = await self._show_second_factor(actor)
        uri = provisioning_uri(state.secret, actor.name, self._frame.site.brand.name) if state.secret else ""
        return SecurityView(
            sessions=session_rows(await self._list_sessions(actor), actor),
            password_form=forms.get("password", Form()),
            totp_due=actor.second_factor_due,
            totp_enabled=state.is_on,
            totp_required=state.is_required,
            totp_secret=key_text(state.secret) if state.secret else "",
            totp_qr=qr_of(uri) if uri else "",
            totp_form=forms.get("totp", Form()),
            recovery_codes=recovery_codes,
            recovery_codes_left=state.recovery_codes,
        )
