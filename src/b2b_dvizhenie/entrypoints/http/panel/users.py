"""The panel's directory of people: search, roles and states, for whom they buy, when they were last here."""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from b2b_dvizhenie.application.identity import ListUsers, UserCount, UserLine, UserQuery, UserState
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.staff import UserRow, UsersView
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

ROWS = 50


def _state(text: str) -> UserState | None:
    """The state of the filter; nonsense in the address filters by nothing."""
    try:
        return UserState(text)
    except ValueError:
        return None


def _row(user: UserLine) -> UserRow:
    first = user.companies[0] if user.companies else None
    return UserRow(
        id=str(user.user_id),
        name=user.name,
        email=user.email or "",
        phone=user.phone or "",
        role=user.role,
        state=user.state.value,
        company=first.name if first else "",
        companies=len(user.companies),
        manager=first.manager if first else "",
        level=first.access_level if first else None,
        seen_at=user.last_seen_at,
    )


def _sum(counts: tuple[UserCount, ...], role: str, state: UserState | None) -> int:
    return sum(one.count for one in counts if role in ("", one.role) and (state is None or state is one.state))


@get("/panel/users", permission=Permission.USERS_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_users: NamedDependency[ListUsers],
    wanted: Annotated[str, QueryParameter(name="state")] = "",
    role: FromQuery[str] = "",
    q: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[str]:
    """People the actor may see, by name."""
    number = max(page, 1)
    state = _state(wanted)
    query = UserQuery(q, role, state, limit=ROWS, offset=(number - 1) * ROWS)
    found = await list_users(request.user, query)
    texts = frame.site.texts(language_of(request))
    roles = list(dict.fromkeys(one.role for one in found.counts))

    def url(**changes: str) -> str:
        kept = {"state": state.value if state else "", "role": role, "q": q.strip()} | changes
        pairs = {name: value for name, value in kept.items() if value}
        return f"/panel/users?{urlencode(pairs)}" if pairs else "/panel/users"

    here = url().replace("{", "{{").replace("}", "}}")
    view = UsersView(
        rows=tuple(map(_row, found.items)),
        pager=numbered(found.total, number, ROWS, f"{here}{'&' if '?' in here else '?'}page={{page}}"),
        url=url(),
        states=(
            Link("", url(state=""), state is None, _sum(found.counts, role, None)),
            *(Link(one.value, url(state=one.value), one is state, _sum(found.counts, role, one)) for one in UserState),
        ),
        state=state.value if state else "",
        roles=tuple(Choice(code, texts.gettext(label_of("role", code).text), code == role) for code in roles),
        query=q,
    )
    shell = await panel_shell(frame, request, "users")
    return frame.page(request, "pages/users.html", {"shell": shell, "view": view})


ROUTES = [list_]
