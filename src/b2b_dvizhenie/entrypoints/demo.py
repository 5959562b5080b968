"""The demonstration: people of every role, an exchange node for the emulated 1C, and whom the people buy for.

Goods, prices, stock and companies are not made here: the emulated 1C sends them through the exchange, as in real life.
"""

from collections.abc import Callable

from msgspec import Struct

from b2b_dvizhenie.application.companies import CompanyQuery
from b2b_dvizhenie.application.exchange import NodeChange, NodeDraft
from b2b_dvizhenie.application.exchange.nodes import NodeLoginTaken
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.identity import LoginTaken
from b2b_dvizhenie.entrypoints.container import Container

PASSWORD = "demo-2026"  # noqa: S105 - published in the documentation; `doctor` warns where these people exist
DOMAIN = "demo.local"
NODE_LOGIN = "demo-1c"
NODE_PASSWORD = "demo-1c-2026"  # noqa: S105 - as above; only the emulated 1C on this machine uses it
DEFAULT_PRICE_TYPE = "Розничная"


class DemoLogin(Struct, frozen=True):
    """Who can log in to the demonstration, and as what."""

    login: str
    password: str
    role: str
    name: str


DEMO_LOGINS: tuple[DemoLogin, ...] = tuple(
    DemoLogin(f"{mailbox}@{DOMAIN}", PASSWORD, role, name)
    for mailbox, role, name in (
        ("client", "client", "Покупатель"),
        ("client1", "client", "Покупатель, уровень 1"),
        ("manager", "manager", "Менеджер"),
        ("head", "head_of_managers", "Руководитель менеджеров"),
        ("director", "director", "Директор"),
        ("admin", "administrator", "Администратор"),
    )
)
"""DESIGN §7. Named after their roles: the demonstration invents no people."""


async def load_demo(container: Container, say: Callable[[str], None]) -> list[DemoLogin]:
    """Install the demonstration's people and exchange node; what exists is left as it is.

    Args:
        container: open.
        say: told what is being done.
    """
    create = container.create_user()
    actor = system_actor("demo")
    for person in DEMO_LOGINS:
        try:
            await create(actor, role=person.role, name=person.name, email=person.login, password=person.password)
        except LoginTaken:
            continue
        say(person.login)
    try:
        node = await container.create_node()(actor, NodeDraft(name="1C", login=NODE_LOGIN, password=NODE_PASSWORD))
    except NodeLoginTaken:
        return list(DEMO_LOGINS)
    change = NodeChange(settings={"default_price_type": DEFAULT_PRICE_TYPE})
    await container.change_node()(actor, node.node_id, change)
    return list(DEMO_LOGINS)


async def attach_buyers(container: Container) -> int:
    """Give the demonstration's buyers companies out of those that 1C sent, and these their terms and manager.

    The first company is bought for by both buyers, on level 2 and on level 1; the second one by `client` too, at
    another price type, so that switching companies shows something. Whoever buys already is left as he is.

    Returns:
        How many companies there are to buy for.
    """
    actor = system_actor("demo")
    companies = (await container.browse_companies()(actor, CompanyQuery(limit=200))).items
    async with container.trade_work() as work:
        users = {one.login: await work.trade.user_by_login(one.login) for one in DEMO_LOGINS}
        types = [await work.trade.price_type_by_name(name) for name in ("Опт-2", "Опт-1")]
    client, first_level, manager = (users[f"{name}@{DOMAIN}"] for name in ("client", "client1", "manager"))
    if len(companies) < 2 or not (client and first_level and manager) or companies[0].buyers:
        return len(companies)
    assign = container.assign_buyer()
    for company, price_type in zip(companies, types, strict=False):
        await assign(actor, client, company.company_id, 2)
        if price_type is not None:
            await container.set_terms()(actor, company.company_id, price_type)
    await assign(actor, first_level, companies[0].company_id, 1)
    for company in companies[: len(companies) // 2]:
        await container.assign_manager()(actor, company.company_id, manager)
    return len(companies)
