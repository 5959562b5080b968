"""Mutants that nobody could tell from the source, each with the reason. Not counted, but tried: none may be killed."""

_UNIQUE = "prices of one type, currency and quantity are one row: two that are equal here cannot be"
_REFUSED = "a start at exactly this moment was refused a few lines above"
_GROUPS = "only groups are compared by it with each other, and all have the same number"
_DIGITS = "fifty digits or fifty-one: what is divided has fewer than thirty, and is rounded to two"

_SLOWER = "prices are the same, only slower: what the tree decides for a line is decided for it again"

EQUIVALENT: dict[str, str] = {
    "bulk._Largest.best: 0 -> 1": _SLOWER,
    "bulk._Largest.best: break -> continue": "steps of smaller quantities hold no more: each has the best of all below",
    "bulk._largest: return _Largest([one for one in rules if one.is_in_force(currency, discounts.now) and "
    "one.target.covers(discounts.buyer)], common) -> return None": _SLOWER,
    "currencies.*: 50 -> 51": _DIGITS,
    "currencies.Exchange.__init__: held.day < rate.day -> held.day <= rate.day": "a currency has one rate of a day",
    "displaying.*: 50 -> 51": _DIGITS,
    "displaying.Display.of: 0 -> 1": "the amount is thrown away: only the rates that convert it are kept",
    "linting.Linter._of: rule.minimum > _ONE -> rule.minimum >= _ONE": "one less than one is nothing and costs nothing",
    "live.is_price: _ZERO < price <= MAX_AMOUNT -> _ZERO <= price <= MAX_AMOUNT": "the next line refuses zero as well",
    "quotes.stored_base: point.min_quantity > best.min_quantity -> point.min_quantity >= best.min_quantity": _UNIQUE,
    "replaying.NotReplayable.__init__: super().__init__(step) -> pass": "exceptions keep what they are made of",
    "rule_sets.limits_of: point.min_quantity > best.min_quantity -> point.min_quantity >= best.min_quantity": _UNIQUE,
    "strategies.Evaluation._by_kind: 0 -> 1": _GROUPS,
    "strategies.Evaluation._by_kind: 1000 -> 1001": "any number beyond the rank of every kind",
    "strategies.Evaluation._tie_key: 0 -> 1": _GROUPS,
    "strategies.Evaluation._tie_key: 1000 -> 1001": _GROUPS,
    "timeline.insertion: one.starts_at < starts_at -> one.starts_at <= starts_at": _REFUSED,
    "timeline.insertion: one.starts_at > starts_at -> one.starts_at >= starts_at": _REFUSED,
}
