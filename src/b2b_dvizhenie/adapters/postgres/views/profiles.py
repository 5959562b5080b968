"""A person's profile over bare psycopg: every page of the portal shows its companies."""

from zoneinfo import ZoneInfo

from msgspec import UNSET

from b2b_dvizhenie.adapters.postgres.agreement_in_force import AGREEMENT_IN_FORCE, SEGMENTS_OF
from b2b_dvizhenie.adapters.postgres.closings import closed_information
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.application.companies import Membership, Profile, ProfileReader
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.shared.ids import UserId

# The same choice of the price type as in views/sessions.py, for every company instead of the selected one.
_PROFILE = f"""
SELECT u.name, u.email, u.phone, r.code, r.name, c.company_id, c.name, c.inn, c.kpp, c.kind, m.access_level, t.name
  FROM app_user u
  JOIN role r ON r.role_id = u.role_id
  LEFT JOIN membership m ON m.user_id = u.user_id
  LEFT JOIN company c ON c.company_id = m.company_id AND c.is_active
{AGREEMENT_IN_FORCE.format(company="c.company_id", day="%(day)s")}
  LEFT JOIN access_level l ON l.level = m.access_level
 CROSS JOIN LATERAL (SELECT {SEGMENTS_OF.format(company="c.company_id")} AS ids OFFSET 0) sg
  LEFT JOIN price_type t ON c.company_id IS NOT NULL AND CASE
       WHEN 'individual_prices' = ANY (l.opens) AND 'individual_prices' <> ALL ({closed_information("sg.ids")})
            AND a.price_type_id IS NOT NULL THEN t.price_type_id = a.price_type_id
       ELSE t.is_default END
 WHERE u.user_id = %(user)s
 ORDER BY c.name, c.company_id
"""  # noqa: S608 - parts of our own


class PostgresProfileReader(ProfileReader):
    """Reads over the bare pool. `zone` is the seller's, whose days agreements are counted in."""

    def __init__(self, database: Database, clock: Clock, zone: str) -> None:
        self._database = database
        self._clock = clock
        self._zone = ZoneInfo(zone)

    async def profile(self, user_id: UserId) -> Profile | None:
        """The profile, none of its companies selected, or None."""
        day = self._clock().astimezone(self._zone).date()
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(_PROFILE, {"user": user_id, "day": day})
            rows = await cursor.fetchall()
        if not rows:
            return None
        # One list each, because a type checker cannot count the columns of a row.
        companies = tuple(Membership(*[*row[5:11], False, row[11] or UNSET]) for row in rows if row[5] is not None)
        return Profile(*[*rows[0][:5], companies])
