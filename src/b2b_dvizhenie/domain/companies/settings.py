"""What administrators decide about who becomes a buyer."""

from typing import Any

from b2b_dvizhenie.domain.settings import Setting, Switch

ACCESS_REQUESTS = Switch(key="companies.access_requests", group="entrance", default=True)
"""Whether strangers can ask for access; without it the way in has no such page."""

SETTINGS: tuple[Setting[Any], ...] = (ACCESS_REQUESTS,)
