"""API: the authenticator app of the person himself, and which roles must have one."""

from typing import Any
from uuid import UUID

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.hierarchy import ChangePerson, PeopleAction, PeopleChange, RequireSecondFactor
from b2b_dvizhenie.application.identity import (
    BeginSecondFactor,
    ConfirmSecondFactor,
    RenewRecoveryCodes,
    ShowSecondFactor,
    SwitchOffSecondFactor,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import key_text, provisioning_uri
from b2b_dvizhenie.domain.shared.ids import RoleId, UserId
from b2b_dvizhenie.entrypoints.http.api.identity import client_address
from b2b_dvizhenie.entrypoints.http.portal.site import Site

PATH = "/api/v1/account/second-factor"


class State(Struct, frozen=True):
    """Whether it is on, whether the role requires it, how many recovery codes are unused."""

    is_on: bool
    is_required: bool
    recovery_codes: int


class Secret(Struct, frozen=True):
    """What the authenticator app is to know: by hand, or as the address a QR code holds."""

    key: str
    uri: str


class Code(Struct, frozen=True, forbid_unknown_fields=True):
    """A code of the app; for switching off and for new recovery codes also a recovery code."""

    code: str


class Codes(Struct, frozen=True):
    """Codes that replace the app once each, told only here."""

    recovery_codes: tuple[str, ...]


class Required(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the people of the role must log in by two steps."""

    required: bool


@get(PATH, permission=Permission.PROFILE_VIEW, while_due=True, tags=["identity"])
async def show(request: Request[Actor, Any, Any], show_second_factor: NamedDependency[ShowSecondFactor]) -> State:
    """How your second step stands."""
    state = await show_second_factor(request.user)
    return State(state.is_on, state.is_required, state.recovery_codes)


@post(PATH, permission=Permission.PROFILE_VIEW, while_due=True, status_code=200, tags=["identity"])
async def begin(
    request: Request[Actor, Any, Any],
    site: NamedDependency[Site],
    begin_second_factor: NamedDependency[BeginSecondFactor],
) -> Secret:
    """Make a secret for your authenticator app; it is asked for once it is confirmed."""
    secret = await begin_second_factor(request.user)
    return Secret(key_text(secret), provisioning_uri(secret, request.user.name, site.brand.name))


@post(f"{PATH}/confirm", permission=Permission.PROFILE_VIEW, while_due=True, status_code=200, tags=["identity"])
async def confirm(
    request: Request[Actor, Any, Any],
    data: JSONBody[Code],
    confirm_second_factor: NamedDependency[ConfirmSecondFactor],
) -> Codes:
    """Switch it on by a code that the app shows."""
    return Codes(await confirm_second_factor(request.user, data.code))


@post(f"{PATH}/recovery-codes", permission=Permission.PROFILE_VIEW, status_code=200, tags=["identity"])
async def renew(
    request: Request[Actor, Any, Any],
    data: JSONBody[Code],
    renew_recovery_codes: NamedDependency[RenewRecoveryCodes],
) -> Codes:
    """Make recovery codes anew; the old ones are dead at once."""
    return Codes(await renew_recovery_codes(request.user, data.code, address=client_address(request)))


@delete(PATH, permission=Permission.PROFILE_VIEW, status_code=204, tags=["identity"])
async def switch_off(
    request: Request[Actor, Any, Any],
    data: JSONBody[Code],
    switch_off_second_factor: NamedDependency[SwitchOffSecondFactor],
) -> None:
    """Do without it again."""
    await switch_off_second_factor(request.user, data.code, address=client_address(request))


@delete(
    "/api/v1/users/{user_id:uuid}/second-factor",
    permission=Permission.USERS_MANAGE,
    status_code=204,
    tags=["identity"],
)
async def reset_of(
    request: Request[Actor, Any, Any], user_id: FromPath[UUID], change_person: NamedDependency[ChangePerson]
) -> None:
    """Switch off the second step of a person who has lost phone and recovery codes."""
    await change_person(request.user, UserId(user_id), PeopleChange(PeopleAction.SECOND_FACTOR_OFF))


@put(
    "/api/v1/roles/{role_id:uuid}/second-factor",
    permission=Permission.USERS_MANAGE,
    status_code=204,
    tags=["hierarchy"],
)
async def require(
    request: Request[Actor, Any, Any],
    role_id: FromPath[UUID],
    data: JSONBody[Required],
    require_second_factor: NamedDependency[RequireSecondFactor],
) -> None:
    """Say whether the people of a role must log in by two steps."""
    await require_second_factor(request.user, RoleId(role_id), required=data.required)


ROUTES = [show, begin, confirm, renew, switch_off, reset_of, require]
