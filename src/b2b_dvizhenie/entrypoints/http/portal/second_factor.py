"""The second step: its page at the login, and setting it up in one's own account."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from b2b_dvizhenie.application.identity import (
    BeginSecondFactor,
    ConfirmSecondFactor,
    PassSecondStep,
    RenewRecoveryCodes,
    SwitchOffSecondFactor,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import (
    SecondFactorOff,
    SecondFactorOn,
    SecondFactorRequired,
    TooManyAttempts,
    WrongCode,
)
from b2b_dvizhenie.entrypoints.http.api.identity import client_address, visitor_of
from b2b_dvizhenie.entrypoints.http.pages.login import LoginView
from b2b_dvizhenie.entrypoints.http.portal.entering import CHALLENGE, entered, entrance_page, refused_form
from b2b_dvizhenie.entrypoints.http.portal.security import SecurityPage
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.responses import local_path

_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
_PAGE = "/account/sessions"


class StepForm(Struct, frozen=True):
    """The code, and where the person was going."""

    code: str = ""
    next: str = "/"


class CodeForm(Struct, frozen=True):
    """The code."""

    code: str = ""


@get("/login/second-factor", public=True, include_in_schema=False)
async def step_page(
    request: Request[Actor | None, Any, Any],
    site: NamedDependency[Site],
    target: Annotated[str, QueryParameter(name="next")] = "/",
) -> Response[Any]:
    """The form that asks for the code; the browser holds the question."""
    if CHALLENGE not in request.cookies:
        return Redirect("/login")
    return entrance_page(request, site, LoginView(step="second_factor", next_url=local_path(target)))


@post("/login/second-factor", public=True, include_in_schema=False)
async def step(
    request: Request[Actor | None, Any, Any],
    data: Annotated[StepForm, _FORM],
    site: NamedDependency[Site],
    pass_second_step: NamedDependency[PassSecondStep],
) -> Response[Any]:
    """Go on where the person was going; a wrong code brings the form back."""
    target = local_path(data.next)
    try:
        opened = await pass_second_step(request.cookies.get(CHALLENGE, ""), data.code, visitor_of(request))
    except (WrongCode, TooManyAttempts) as refusal:
        form = refused_form(request, refusal, {}, ("code",))
        return entrance_page(request, site, LoginView(form=form, step="second_factor", next_url=target), refused=True)
    return entered(site, opened, target)


@post("/account/second-factor/start", permission=Permission.PROFILE_VIEW, while_due=True, include_in_schema=False)
async def start(
    request: Request[Actor, Any, Any],
    security_page: NamedDependency[SecurityPage],
    begin_second_factor: NamedDependency[BeginSecondFactor],
) -> Response[Any]:
    """Make the secret; the page then shows it."""
    try:
        await begin_second_factor(request.user)
    except SecondFactorOn as refusal:
        return await security_page.answer(request, form="totp", refusal=refusal)
    return Redirect(_PAGE, status_code=303)


async def _told(
    request: Request[Actor, Any, Any], security_page: SecurityPage, codes: tuple[str, ...]
) -> Response[Any]:
    """The page with new recovery codes as the answer itself, because they are shown only once."""
    answer = await security_page.answer(request, recovery_codes=codes)
    answer.status_code = 200
    return answer


@post("/account/second-factor", permission=Permission.PROFILE_VIEW, while_due=True, include_in_schema=False)
async def confirm(
    request: Request[Actor, Any, Any],
    data: Annotated[CodeForm, _FORM],
    security_page: NamedDependency[SecurityPage],
    confirm_second_factor: NamedDependency[ConfirmSecondFactor],
) -> Response[Any]:
    """Switch it on; the answer tells the recovery codes."""
    try:
        codes = await confirm_second_factor(request.user, data.code)
    except (WrongCode, SecondFactorOn, SecondFactorOff) as refusal:
        return await security_page.answer(request, form="totp", refusal=refusal)
    return await _told(request, security_page, codes)


@post("/account/second-factor/recovery-codes", permission=Permission.PROFILE_VIEW, include_in_schema=False)
async def renew(
    request: Request[Actor, Any, Any],
    data: Annotated[CodeForm, _FORM],
    security_page: NamedDependency[SecurityPage],
    renew_recovery_codes: NamedDependency[RenewRecoveryCodes],
) -> Response[Any]:
    """Make recovery codes anew by a code; the answer tells them."""
    try:
        codes = await renew_recovery_codes(request.user, data.code, address=client_address(request))
    except (WrongCode, TooManyAttempts, SecondFactorOff) as refusal:
        return await security_page.answer(request, form="totp", refusal=refusal)
    return await _told(request, security_page, codes)


@post("/account/second-factor/off", permission=Permission.PROFILE_VIEW, include_in_schema=False)
async def switch_off(
    request: Request[Actor, Any, Any],
    data: Annotated[CodeForm, _FORM],
    security_page: NamedDependency[SecurityPage],
    switch_off_second_factor: NamedDependency[SwitchOffSecondFactor],
) -> Response[Any]:
    """Switch it off by a code."""
    try:
        await switch_off_second_factor(request.user, data.code, address=client_address(request))
    except (WrongCode, TooManyAttempts, SecondFactorOff, SecondFactorRequired) as refusal:
        return await security_page.answer(request, form="totp", refusal=refusal)
    return Redirect(f"{_PAGE}?done=second-factor-off", status_code=303)


ROUTES = [step_page, step, start, confirm, renew, switch_off]
