"""Specifications of a world that its observer may not see, and what was noted of prices that are none of his."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from snapshots import Snapshot

from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId
from b2b_dvizhenie.domain.visibility import Opened


def vary_lists(
    snapshot: Snapshot, random: Random, now: datetime, *, hidden: Iterable[UUID], goods: Sequence[UUID]
) -> None:
    """Other names and lines of hidden lists, and more of them or fewer."""
    for key in hidden:
        snapshot.run("DELETE FROM specification_line WHERE specification_id = %s", key)
        if random.random() < 0.2:
            snapshot.run("DELETE FROM specification WHERE specification_id = %s", key)
            continue
        snapshot.run(
            "UPDATE specification SET name = %s, version = %s, updated_at = %s WHERE specification_id = %s",
            f"Список {random.randbytes(4).hex()}",
            random.randint(1, 99),
            now - timedelta(minutes=random.randint(1, 9999)),
            key,
        )
        for good in random.sample(goods, random.randint(0, 4)):
            snapshot.run(
                "INSERT INTO specification_line (specification_id, variant_id, quantity, added_at)"
                " VALUES (%s, %s, %s, %s)",
                key,
                good,
                random.randint(1, 99),
                now,
            )
        if random.random() < 0.5:
            snapshot.run(
                "INSERT INTO specification SELECT %s, owner_id, company_id, %s, 'private', 1, created_at, updated_at"
                " FROM specification WHERE specification_id = %s",
                UUID(bytes=random.randbytes(16)),
                random.randbytes(4).hex(),
                key,
            )


def vary_notes(
    snapshot: Snapshot,
    random: Random,
    now: datetime,
    *,
    key: UUID,
    reader: UserId,
    concealed: Mapping[CompanyId, Opened],
) -> None:
    """Prices that a reader was shown for lines of his list: for another company, or at a level he has no more."""
    for company, made_of in concealed.items():
        snapshot.run(
            "INSERT INTO specification_seen SELECT l.specification_id, l.variant_id, %s, %s, l.quantity, %s, %s, 'RUB',"
            " %s, %s FROM specification_line l WHERE l.specification_id = %s",
            reader,
            company,
            Decimal(random.randint(1, 10**6)) / 100,
            Decimal(random.randint(1, 10**6)) / 100,
            sorted(made_of),
            now,
            key,
        )
