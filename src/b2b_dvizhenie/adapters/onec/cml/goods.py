"""Товар of a catalogue to `GoodRecord` (onec.md §3.4)."""

from collections.abc import Iterable
from decimal import Decimal

from lxml import etree
from lxml.etree import _Element

from b2b_dvizhenie.adapters.onec.cml import values
from b2b_dvizhenie.adapters.onec.cml.env import (
    CODE_LIMIT,
    NAME_LIMIT,
    TEXT_LIMIT,
    VALUE_LIMIT,
    Env,
    Row,
    leaves,
    places,
)
from b2b_dvizhenie.adapters.onec.cml.pieces import (
    positive,
    read_attributes,
    read_files,
    read_packs,
    read_pairs,
    read_properties,
    read_unit,
    read_vat,
)
from b2b_dvizhenie.application.exchange.records import GoodRecord

PLACES = places(
    texts="Ид ИдХарактеристики НомерВерсии ПометкаУдаления Статус Артикул Наименование ПолноеНаименование "
    "Категория Страна ТорговаяМарка Вес Ширина Длина Высота Код КодГруппыТоваров ИдКаталога ИдКлассификатора",
    nested="БазоваяЕдиница Группы Описание Изготовитель ЗначенияСвойств СтавкиНалогов ХарактеристикиТовара "
    "Комплектующие Аналоги Взаимозаменяемости ЗначенияРеквизитов Марки",
    lists="Штрихкод ШтрихКод Картинка Файл",
)

_REQUISITES = {
    "полноенаименование": "full_name",
    "повненайменування": "full_name",
    "вес": "weight",
    "код": "code",
    "описаниевформатеhtml": "html",
    "файл": "file",
    "описаниефайла": "file_text",
}
_TYPE = "типноменклатуры"
_BARCODE = 64


def read_good(element: _Element, env: Env) -> GoodRecord | None:
    """The good, or None with a problem in `env` when it has no usable id."""
    env.enter("good", element)
    row = Row(element, env, PLACES)
    texts, nested = row.texts, row.nested
    name = texts.get("Наименование", "")
    own = env.product_ref(texts, name)
    if own is None:
        return None
    ref, variant = own
    said = _Requisites(nested.get("ЗначенияРеквизитов"), env)
    base = nested.get("БазоваяЕдиница")
    unit = read_unit(base) if base is not None else None
    vat = read_vat(nested.get("СтавкиНалогов"), env)
    pictures, files = _files(row, said.files, env)
    sections = nested.get("Группы")
    description = said.html or _markup(nested.get("Описание"))
    full_name = texts.get("ПолноеНаименование") or said.full_name
    weight = positive(texts.get("Вес", ""))
    return GoodRecord(
        ref=ref,
        variant_ref=variant,
        name=name if len(name) <= NAME_LIMIT else env.cut(name, NAME_LIMIT),
        full_name=full_name if len(full_name) <= NAME_LIMIT else env.cut(full_name, NAME_LIMIT),
        article=env.cut(texts.get("Артикул", ""), CODE_LIMIT),
        code=(texts.get("Код") or said.code)[:CODE_LIMIT],
        barcodes=barcodes(row) if row.lists else (),
        unit=unit,
        packs=read_packs(base, unit, env) if base is not None and len(base) else (),
        section_refs=None
        if sections is None
        else tuple([env.shared_ref(item.text) for item in sections if item.text]) or None,
        description=env.cut(description, TEXT_LIMIT) or None,
        pictures=pictures,
        files=files,
        brand=_brand(row, env) or None,
        country=texts.get("Страна", "")[:CODE_LIMIT],
        vat_rate=vat.rate if vat is not None else None,
        vat_said=vat is not None,
        properties=read_properties(nested.get("ЗначенияСвойств"), env),
        attributes=read_attributes(nested.get("ХарактеристикиТовара")),
        requisites=tuple(said.others),
        analog_refs=_analogs(row, env) if "Аналоги" in nested or "Взаимозаменяемости" in nested else None,
        weight=said.weight if weight is None else weight * env.options.element_weight_factor,
        multiple=said.multiple,
        is_service=said.is_service,
        deleted=row.deleted is True,
        version=texts.get("НомерВерсии", "")[:CODE_LIMIT],
        line=env.line,
    )


class _Requisites:
    """ЗначенияРеквизитов taken apart: the ones with a meaning, and `others` as they are."""

    __slots__ = ("code", "files", "full_name", "html", "is_service", "multiple", "others", "weight")

    def __init__(self, element: _Element | None, env: Env) -> None:
        self.code = self.full_name = self.html = ""
        self.files: dict[str, str] = {}
        self.is_service = False
        self.multiple: Decimal | None = None
        self.weight: Decimal | None = None
        self.others: list[tuple[str, str]] = []
        if element is None:
            return
        for title, text in read_pairs(element):
            key = values.requisite_key(title)
            meaning = _REQUISITES.get(key)
            if meaning is not None:
                self._take(meaning, text, env)
                continue
            if key == _TYPE:
                self.is_service = text.lower() == "услуга"
            elif key in env.options.multiple_requisites:
                self.multiple = positive(text)
            self.others.append((title, text if len(text) <= VALUE_LIMIT else env.cut(text, VALUE_LIMIT)))

    def _take(self, meaning: str, text: str, env: Env) -> None:
        if meaning == "full_name":
            self.full_name = self.full_name or text
        elif meaning == "code":
            self.code = text
        elif meaning == "html":
            self.html = text
        elif meaning == "weight":
            units = positive(text)
            self.weight = None if units is None else units * env.options.requisite_weight_factor
        else:
            path, _, title = text.partition("#")
            path = path.strip().replace("\\", "/")
            if title or path not in self.files:
                self.files[path] = title.strip()[:CODE_LIMIT]


def barcodes(row: Row) -> tuple[str, ...]:
    """Штрихкод in both spellings; one element may hold several, separated by blanks, commas or semicolons."""
    texts = [child.text or "" for tag in ("Штрихкод", "ШтрихКод") for child in row.lists.get(tag, ())]
    if len(texts) == 1 and texts[0].isdigit():
        return (texts[0][:_BARCODE],)
    words = [word for text in texts for word in text.replace(",", " ").replace(";", " ").split()]
    return tuple(dict.fromkeys(word[:_BARCODE] for word in words))


def _files(row: Row, described: dict[str, str], env: Env) -> tuple[tuple[str, ...] | None, tuple[tuple[str, str], ...]]:
    """(pictures, attachments with their texts) of Картинка, Файл and the requisites that name files."""
    shown, others = row.paths("Картинка"), row.paths("Файл")
    if shown is None and others is None and not described:
        return None, ()
    pictures, files = read_files(shown or (), env)
    if others is not None or described:
        more_pictures, more_files = read_files((*(others or ()), *described), env)
        files = tuple(dict.fromkeys((*files, *more_files)))
        if more_pictures:
            pictures = tuple(dict.fromkeys((*(pictures or ()), *more_pictures)))
    return pictures, tuple([(path, described.get(path, "")) for path in files]) if files else ()


def _brand(row: Row, env: Env) -> str:
    for source in env.options.brand_from:
        brand = ""
        if source == "trade_mark":
            brand = row.texts.get("ТорговаяМарка", "")
        elif source == "manufacturer" and (maker := row.nested.get("Изготовитель")) is not None:
            inner = leaves(maker)
            brand = (inner.get("Наименование") or inner.get("ОфициальноеНаименование") or "").strip()
        if brand:
            return brand[:CODE_LIMIT]
    return ""


def _analogs(row: Row, env: Env) -> tuple[str, ...] | None:
    items: list[_Element] = [item for tag in ("Аналоги", "Взаимозаменяемости") for item in row.nested.get(tag, ())]
    refs: Iterable[str] = (
        env.shared_ref(leaves(item).get("Ид") or (None if len(item) else item.text)) for item in items
    )
    return tuple(dict.fromkeys(ref for ref in refs if ref)) if items else None


def _markup(element: _Element | None) -> str:
    """Text of Описание; markup that was sent unescaped is put back together."""
    if element is None:
        return ""
    text = element.text or ""
    if len(element):
        text += "".join(etree.tostring(child, encoding="unicode") for child in element)
    return text.strip()
