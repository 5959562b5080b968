"""The shares of a buyer's rules, those for everybody worked out once per version."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.pricing import Discounts, Layer, Rule, RuleBook, SetLimits, Shares, Sharing, Target

KEPT = 4
"""Layers kept: one for each version and currency."""

_EVERYBODY = Target()
_EVER = datetime.max.replace(tzinfo=UTC)
Ways = Mapping[UUID, Sequence[UUID]]


class _Kept(Struct, frozen=True):
    """The layer of a book, and for which moments (from the first, before the second) and ways of sections it holds."""

    book: RuleBook
    since: datetime
    until: datetime
    ways: Ways
    layer: Layer


class KeptShares:
    """Makes shares; keeps what does not depend on the buyer.

    Versions never change, so a layer is out of date only when a rule begins or ends to hold, or when a section has
    moved: the ways of sections are read anew for every request and compared.
    """

    def __init__(self) -> None:
        self._common: OrderedDict[tuple[UUID | None, str], _Kept] = OrderedDict()

    def shares(self, discounts: Discounts, currency: str, limits: SetLimits, ways: Ways) -> Shares:
        """What the rules take off.

        Args:
            discounts: the rules.
            currency: of the terms; amounts in another do not count.
            limits: of the version.
            ways: of every section that is, or lies below, one of the book's: the ids from the root down to it.
        """
        book, now = discounts.book, discounts.now
        sharing = Sharing(book.skeleton, limits)
        layers: list[Layer] = []
        own: Sequence[Rule] = book.skeleton.all_rules()
        common = book if book.common is None and all(one.target == _EVERYBODY for one in own) else book.common
        if common is not None:
            layers.append(self._layer(discounts, common, sharing, currency, ways))
        if common is not book:
            holding = [one for one in own if one.is_in_force(currency, now) and one.target.covers(discounts.buyer)]
            layers.append(sharing.layer(holding, ways))
        return sharing.together(layers, currency)

    def _layer(self, discounts: Discounts, book: RuleBook, sharing: Sharing, currency: str, ways: Ways) -> Layer:
        """The layer of a book that is for everybody."""
        now, key = discounts.now, (discounts.rule_set_id, currency)
        ways = {section: way for section, way in ways.items() if not book.sections.isdisjoint(way)}
        kept = self._common.get(key)
        if kept is None or kept.book is not book or not kept.since <= now < kept.until or kept.ways != ways:
            rules = book.skeleton.all_rules()
            layer = sharing.layer([one for one in rules if one.is_in_force(currency, now)], ways)
            kept = self._common[key] = _Kept(book, now, _until(rules, now), ways, layer)
            while len(self._common) > KEPT:
                self._common.popitem(last=False)
        self._common.move_to_end(key)
        return kept.layer


def _until(rules: Sequence[Rule], now: datetime) -> datetime:
    """The next moment at which a rule begins or ends to hold."""
    moments = (moment for rule in rules for moment in (rule.starts_at, rule.ends_at))
    return min((moment for moment in moments if moment is not None and moment > now), default=_EVER)
