"""Buyers and goods for repositories of the context `ordering`."""

from market import Market, Person
from msgspec import Struct

from b2b_dvizhenie.adapters.postgres.ordering import PostgresOrderingTransaction
from b2b_dvizhenie.domain.shared.ids import CompanyId, VariantId


class OrderingWorld(Struct, frozen=True):
    """A buyer of some companies, goods, and a transaction over them that a test rolls back between examples."""

    market: Market
    buyer: Person
    companies: list[CompanyId]
    goods: list[VariantId]

    @classmethod
    async def over(cls, market: Market, *, companies: int = 1) -> "OrderingWorld":
        """A buyer of so many companies, and four goods."""
        keys = [await market.client() for _ in range(companies)]
        goods = [await market.goods() for _ in range(4)]
        return cls(market, await market.member(*keys), keys, goods)

    @property
    def company_id(self) -> CompanyId:
        """The buyer's first company."""
        return self.companies[0]

    def work(self) -> PostgresOrderingTransaction:
        """A transaction of the product's own."""
        work = self.market.container.ordering_work()
        assert isinstance(work, PostgresOrderingTransaction)
        return work
