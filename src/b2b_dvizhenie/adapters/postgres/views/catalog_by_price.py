"""Slices of own prices as questions to the database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from b2b_dvizhenie.adapters.postgres.views import catalog_by_price_sql as sql
from b2b_dvizhenie.adapters.postgres.views.catalog_sql import Shape
from b2b_dvizhenie.application.catalog.ports import PriceSlice
from b2b_dvizhenie.domain.catalog import article_key
from b2b_dvizhenie.domain.pricing import Layer, Shares, Span, Steps

_HIGHEST = Decimal(10) ** 20
K = TypeVar("K")
_rendered: WeakKeyDictionary[Layer, dict[str, str]] = WeakKeyDictionary()
"""Layers as the server reads them: the one for everybody is kept by who made it, and has thousands of entries."""


def _array(values: Iterable[object]) -> str:
    """The text of an array; the driver's own way takes several times as long."""
    return "{" + ",".join(map(str, values)) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _part(name: str, steps: Mapping[K, Steps], **keys: Callable[[K], object]) -> dict[str, str]:
    rows = [
        (key, first, beyond, share)
        for key, found in steps.items()
        for (first, share), beyond in zip(found, [*(one for one, _ in found[1:]), "Infinity"], strict=True)
    ]
    if not rows:
        return {}
    arrays = {f"{name}_{column}": _array(map(of, (row[0] for row in rows))) for column, of in keys.items()}
    arrays[f"{name}_first"] = _array(row[1] for row in rows)
    arrays[f"{name}_beyond"] = _array(row[2] for row in rows)
    arrays[f"{name}_least"] = _array(row[3].least for row in rows)
    arrays[f"{name}_most"] = _array(row[3].most for row in rows)
    return arrays


def _arrays(layer: Layer) -> dict[str, str]:
    found = _rendered.get(layer)
    if found is None:
        found = _rendered[layer] = {
            **_part(sql.SECTION, layer.sections, id=str),
            **_part(sql.BRAND, layer.brands, id=str),
            **_part(sql.PAIR, layer.pairs, id=_first, other=_second),
            **_part(sql.ARTICLE, layer.articles, id=_quoted),
        }
    return found


def _first(pair: tuple[UUID, UUID]) -> UUID:
    return pair[0]


def _second(pair: tuple[UUID, UUID]) -> UUID:
    return pair[1]


def _values(shares: Shares) -> tuple[dict[str, Any], tuple[str, ...]]:
    values: dict[str, Any] = {"tolerance": shares.tolerance, "kept": shares.kept, "cap": shares.cap}
    for number, layer in enumerate(shares.layers):
        values |= {f"{name[0]}{number}{name[1:]}": array for name, array in _arrays(layer).items()}
    parts = sorted({name.partition("_")[0] for name in values if "_" in name})
    return values, tuple(parts)


def span_values(spans: Sequence[Span]) -> dict[str, list[Decimal]]:
    """The parameters that spans are."""
    return {
        "span_lows": [low for low, _ in spans],
        "span_highs": [_HIGHEST if high is None else high for _, high in spans],
    }


def candidates_of(shape: Shape, selected: Mapping[str, Any], piece: PriceSlice) -> tuple[str, dict[str, Any]]:
    """The statement for a slice, and its parameters, to which those of the selection belong."""
    shares, spans = piece.shares, piece.spans
    values, parts = _values(shares)
    question = sql.Question(
        shape,
        shares.combining,
        parts,
        spans=spans is not None,
        apart=bool(shares.apart),
        low=piece.low is not None,
        high=piece.high is not None,
        descending=piece.descending,
    )
    values |= {"low": piece.low, "high": piece.high, "limit": piece.limit}
    if spans is not None:
        values |= span_values(spans)
        values["apart"] = list(shares.apart)
        values["apart_keys"] = list({article_key(one) for one in shares.apart})
    return sql.candidates(question), {**selected, **values}
