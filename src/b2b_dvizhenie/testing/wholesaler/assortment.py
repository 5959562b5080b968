"""What the made-up wholesaler trades in: families of goods, their sections, properties and brands, read from TOML.

A family is a product line such as «Выключатель автоматический»; its axes (poles, current, …) span all goods of it.
One axis, `split`, also chooses the section of the fourth level. Refs look like 1C's GUIDs and depend on names only,
so the classifier is the same for every seed and size.
"""

import re
import tomllib
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from math import gcd, prod

import msgspec
from msgspec import Struct

_CODE = re.compile(r"[A-Z0-9.+]+")


def guid(*parts: str) -> str:
    """A GUID made of words: equal words, equal GUID."""
    return guid_of(blake2b("\n".join(parts).encode(), digest_size=16).hexdigest())


def guid_of(digits: str) -> str:
    """A GUID (version 4 by its marks) from 32 hexadecimal digits."""
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"


class Unit(Struct, frozen=True):
    """A unit of measure by OKEI."""

    code: str
    short: str
    full: str
    international: str


UNITS = {
    unit.short: unit
    for unit in (
        Unit("796", "шт", "Штука", "PCE"),
        Unit("006", "м", "Метр", "MTR"),
        Unit("778", "упак", "Упаковка", "NMP"),
        Unit("715", "пара", "Пара (2 шт.)", "NPR"),
    )
}
PACK = UNITS["упак"]


class Brand(Struct, frozen=True):
    """A made-up trade mark. `factor` is its price level in thousandths, `colour` the colour of its pictures."""

    ref: str
    name: str
    code: str
    factor: int
    colour: str
    country: str


class Series(Struct, frozen=True):
    """A line of goods inside a brand. `factor` is its price level in thousandths."""

    name: str
    code: str
    factor: int


class Option(Struct, frozen=True):
    """One value of an axis: as the name of a good shows it, as its property says it, as its article abbreviates it."""

    text: str
    value: str
    code: str
    factor: int
    value_ref: str
    """GUID of the dictionary value, "" for numbers."""


class Axis(Struct, frozen=True):
    """What varies inside a family, and which property of goods tells it."""

    key: str
    property: str
    property_ref: str
    number: bool
    options: tuple[Option, ...]


class Property(Struct, frozen=True):
    """A property of the classifier; `values` are (ref, text) of its dictionary, empty for a number."""

    ref: str
    name: str
    number: bool
    values: tuple[tuple[str, str], ...]


class Section(Struct, frozen=True):
    """A section of the classifier's tree."""

    ref: str
    name: str
    children: tuple["Section", ...]


class Family(Struct, frozen=True):
    """A product line. Goods of it are numbered; `stride` scatters neighbours over the axes without repeats."""

    name: str
    article: str
    text: str
    kind: str
    price: int
    """Kopecks of the cheapest retail price, before all factors."""
    share: int
    unit: Unit
    pack: int
    multiple: str
    warranty: str
    vat: str
    colours: bool
    cuts: tuple[str, ...]
    brands: tuple[Brand, ...]
    series: tuple[Series, ...]
    axes: tuple[Axis, ...]
    split: int
    path: tuple[str, ...]
    """Names of the first three levels."""
    section_names: tuple[str, ...]
    """Fourth level, per option of the split axis; a name may repeat."""
    section_refs: tuple[str, ...]
    combinations: int
    stride: int


class Assortment(Struct, frozen=True):
    """The whole classifier and the schedule in which families take turns."""

    families: tuple[Family, ...]
    brands: tuple[Brand, ...]
    colours: tuple[str, ...]
    sections: tuple[Section, ...]
    properties: tuple[Property, ...]
    turns: tuple[tuple[int, int], ...]
    """(family, its turn) per place of the cycle: a family of share 7 comes seven times."""


class _AxisSpec(Struct, frozen=True, forbid_unknown_fields=True):
    property: str
    options: list[str]
    number: bool = False
    suffix: str = ""
    growth: float = 1
    factors: list[float] | None = None
    codes: list[str] | None = None
    sections: list[str] | None = None


class _FamilySpec(Struct, frozen=True, forbid_unknown_fields=True):
    path: list[str]
    name: str
    article: str
    text: str
    kind: str
    price: float
    share: int
    split: str
    axes: dict[str, _AxisSpec]
    unit: str = "шт"
    pack: int = 0
    multiple: str = ""
    warranty: str = "12"
    vat: str = "22"
    colours: bool = False
    cuts: list[str] = []


class _RootSpec(Struct, frozen=True, forbid_unknown_fields=True):
    root: str
    brands: list[str]
    family: list[_FamilySpec]


class _LevelSpec(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    factor: float
    code: str = ""
    colour: str = ""
    country: str = ""


class _BrandsSpec(Struct, frozen=True, forbid_unknown_fields=True):
    brand: list[_LevelSpec]
    series: list[_LevelSpec]
    colours: list[str]


def _thousandths(factor: float) -> int:
    return round(Decimal(str(factor)) * 1000)


def _axis(key: str, spec: _AxisSpec) -> Axis:
    growth = Decimal(str(spec.growth))
    factors = [_thousandths(factor) for factor in spec.factors or ()]
    factors = factors or [round(growth**step * 1000) for step in range(len(spec.options))]
    codes = spec.codes or [option.replace(",", ".") for option in spec.options]
    options = []
    for option, factor, code in zip(spec.options, factors, codes, strict=True):
        if not _CODE.fullmatch(code):
            raise ValueError(f"axis {key}: an article cannot hold {code!r}, give codes")
        value = option.replace(",", ".") if spec.number else option + spec.suffix
        ref = "" if spec.number else guid("value", spec.property, value)
        options.append(Option(option + spec.suffix, value, code, factor, ref))
    return Axis(key, spec.property, guid("property", spec.property), spec.number, tuple(options))


def _stride(combinations: int) -> int:
    """A step near the golden section of `combinations` that visits all of them."""
    step = max(1, combinations * 618 // 1000)
    while gcd(step, combinations) != 1:
        step += 1
    return step


def _family(root: _RootSpec, spec: _FamilySpec, brands: dict[str, Brand], series: tuple[Series, ...]) -> Family:
    path = (root.root, *spec.path)
    names = spec.axes[spec.split].sections or []
    axes = tuple(_axis(key, axis) for key, axis in spec.axes.items())
    own_series = series if "{series}" in spec.name else (Series("", "", 1000),)
    combinations = prod(len(axis.options) for axis in axes) * len(root.brands) * len(own_series)
    if len(names) != len(spec.axes[spec.split].options):
        raise ValueError(f"{spec.name}: a section for each option of {spec.split} is needed")
    return Family(
        name=f"{spec.name} {{brand}}",
        article=spec.article,
        text=spec.text,
        kind=spec.kind,
        price=round(Decimal(str(spec.price)) * 100),
        share=spec.share,
        unit=UNITS[spec.unit],
        pack=spec.pack,
        multiple=spec.multiple,
        warranty=spec.warranty,
        vat=spec.vat,
        colours=spec.colours,
        cuts=tuple(spec.cuts),
        brands=tuple(brands[name] for name in root.brands),
        series=own_series,
        axes=axes,
        split=list(spec.axes).index(spec.split),
        path=path,
        section_names=tuple(names),
        section_refs=tuple(guid("section", *path, name) for name in names),
        combinations=combinations,
        stride=_stride(combinations),
    )


def _tree(paths: list[tuple[str, ...]], above: tuple[str, ...] = ()) -> tuple[Section, ...]:
    heads = dict.fromkeys(path[0] for path in paths)
    return tuple(
        Section(
            guid("section", *above, head),
            head,
            _tree([path[1:] for path in paths if path[0] == head and len(path) > 1], (*above, head)),
        )
        for head in heads
    )


def _properties(families: list[Family]) -> tuple[Property, ...]:
    numbers: dict[str, str] = {}
    dictionaries: dict[str, dict[str, str]] = {}
    for axis in (axis for family in families for axis in family.axes):
        if axis.number:
            numbers[axis.property] = axis.property_ref
        else:
            values = dictionaries.setdefault(axis.property, {})
            values.update((option.value_ref, option.value) for option in axis.options)
    if both := numbers.keys() & dictionaries.keys():
        raise ValueError(f"number and dictionary at once: {both}")
    return (
        *(
            Property(guid("property", name), name, False, tuple(values.items()))
            for name, values in dictionaries.items()
        ),
        *(Property(ref, name, True, ()) for name, ref in numbers.items()),
        Property(guid("property", WARRANTY), WARRANTY, True, ()),
    )


WARRANTY = "Гарантия, мес"


def _turns(families: list[Family]) -> tuple[tuple[int, int], ...]:
    places = [
        (blake2b(f"{family.name} {turn}".encode(), digest_size=8).digest(), number, turn)
        for number, family in enumerate(families)
        for turn in range(family.share)
    ]
    return tuple((number, turn) for _, number, turn in sorted(places))


@cache
def assortment() -> Assortment:
    """The assortment as the TOML files of this package describe it; read once per process."""
    here = files(__package__ or "")
    levels = msgspec.convert(tomllib.loads((here / "brands.toml").read_text("utf-8")), _BrandsSpec)
    brands = {
        spec.name: Brand(
            guid("brand", spec.name),
            spec.name,
            spec.code,
            _thousandths(spec.factor),
            spec.colour,
            spec.country,
        )
        for spec in levels.brand
    }
    series = tuple(
        Series(spec.name, str(number), _thousandths(spec.factor)) for number, spec in enumerate(levels.series, 1)
    )
    sources = sorted((here / "assortment").iterdir(), key=lambda source: source.name)
    roots = [msgspec.convert(tomllib.loads(source.read_text("utf-8")), _RootSpec) for source in sources]
    families = [_family(root, spec, brands, series) for root in roots for spec in root.family]
    paths = [(*family.path, name) for family in families for name in family.section_names]
    return Assortment(
        families=tuple(families),
        brands=tuple(brands.values()),
        colours=tuple(levels.colours),
        sections=_tree(paths),
        properties=_properties(families),
        turns=_turns(families),
    )
