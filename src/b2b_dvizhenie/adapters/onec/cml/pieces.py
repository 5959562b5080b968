"""Parts that goods, offers and order lines share: units, properties, attributes, requisites, pictures."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from lxml.etree import _Element

from b2b_dvizhenie.adapters.onec.cml import values
from b2b_dvizhenie.adapters.onec.cml.env import CODE_LIMIT, VALUE_LIMIT, Env, leaves
from b2b_dvizhenie.application.exchange.records import Pack, PropertyValue, Unit

_PICTURES = frozenset({"gif", "jpg", "jpeg", "png", "bmp", "webp", ""})
_DOCUMENTS = frozenset({"pdf", "doc", "docx", "xls", "xlsx", "txt", "rtf", "odt", "ods", "zip"})


@lru_cache(maxsize=1024)
def make_unit(text: str, code: str, full_name: str, international: str) -> Unit | None:
    """A unit from its parts as sent; a numeric text is the code. None when nothing is known."""
    word = text.strip()
    number = values.okei(code) or values.okei(word)
    name = "" if word == number else word
    full_name, international = full_name.strip(), international.strip()
    if not (number or name or full_name or international):
        return None
    return Unit(number, name[:CODE_LIMIT], full_name[:CODE_LIMIT], international[:CODE_LIMIT])


def read_unit(element: _Element) -> Unit | None:
    """БазоваяЕдиница: text or code, attributes, or a child Единица (УНФ 2.10, 3.1)."""
    text = element.text or ""
    if len(element) and not text.strip():
        inner = next((child for child in element if child.tag == "Единица"), None)
        if inner is not None:
            return read_unit_element(inner)
    get = element.get
    return make_unit(text, get("Код", ""), get("НаименованиеПолное", ""), get("МеждународноеСокращение", ""))


def read_unit_element(element: _Element) -> Unit | None:
    """Единица or ЕдиницаИзмерения: text, or children Код, НаименованиеКраткое, НаименованиеПолное."""
    inner = leaves(element)

    def piece(name: str) -> str:
        return inner.get(name) or ""

    code = piece("Код") or values.okei(piece("Ид"))
    short = piece("НаименованиеКраткое") or element.text or ""
    return make_unit(short, code, piece("НаименованиеПолное"), piece("МеждународноеСокращение"))


def read_packs(element: _Element, base: Unit | None, env: Env) -> tuple[Pack, ...]:
    """Пересчет: packs other than the base unit itself."""
    packs: list[Pack] = []
    own = {base.code, base.name} if base else set()
    for child in element:
        if child.tag != "Пересчет":
            continue
        inner = leaves(child)
        unit, factor_text = (inner.get("Единица") or "").strip(), inner.get("Коэффициент") or ""
        factor = values.number(factor_text)
        if not unit or (unit in own and factor == 1):
            continue
        if factor is None or factor <= 0:
            env.error("exchange.number_unreadable", f"Коэффициент {factor_text}")
            continue
        packs.append(Pack(unit[:CODE_LIMIT], factor))
    return tuple(packs)


def read_properties(element: _Element | None, env: Env) -> tuple[PropertyValue, ...] | None:
    """ЗначенияСвойств; None when absent or empty. A property without a value was emptied by the source."""
    if element is None:
        return None
    found: list[PropertyValue] = []
    for item in element:
        inner = {child.tag: child.text for child in item}
        ref = env.shared_ref(inner.get("Ид"))
        name = (inner.get("Наименование") or "").strip()[: values.REF_LENGTH]
        if not ref and not name:
            env.warn_once("exchange.property_without_id")
            continue
        if len(inner) == len(item) and "ЗначениеСвойства" not in inner:
            text = inner.get("Значение")
            text = text.strip() if text else ""
            if len(text) > VALUE_LIMIT:
                text = env.cut(text, VALUE_LIMIT)
            found.append(PropertyValue(ref or name, (text,) if text else (), name))
        else:
            texts = tuple([text[:VALUE_LIMIT] for text in _values(item)])
            found.append(PropertyValue(ref or name, texts, name))
    return tuple(found) or None


def _values(item: _Element) -> list[str]:
    """Trimmed texts of several Значение, and of Значение inside ЗначениеСвойства; empty ones are left out."""
    texts: list[str | None] = []
    for child in item:
        if child.tag == "Значение":
            texts.append(child.text)
        elif child.tag == "ЗначениеСвойства":
            texts += [inner.text for inner in child if inner.tag == "Значение"]
    return [word for text in texts if text and (word := text.strip())]


def read_pairs(element: _Element) -> list[tuple[str, str]]:
    """(Наименование, Значение) of every item of a list; an item with several values gives several pairs."""
    pairs: list[tuple[str, str]] = []
    for item in element:
        inner = {child.tag: child.text for child in item}
        name, text = inner.get("Наименование"), inner.get("Значение")
        if not name:
            continue
        name = name.strip()[:CODE_LIMIT]
        if len(inner) == len(item):
            if text and (text := text.strip()):
                pairs.append((name, text))
        else:
            pairs += [(name, text) for text in _values(item)]
    return pairs


def read_attributes(element: _Element | None) -> tuple[tuple[str, str], ...]:
    """ХарактеристикиТовара: what tells variants apart."""
    if element is None:
        return ()
    return tuple([(name, text[:VALUE_LIMIT]) for name, text in read_pairs(element)])


def read_vat(element: _Element | None, env: Env) -> values.Vat | None:
    """The rate of НДС in СтавкиНалогов; None when it is not said or not readable."""
    if element is None:
        return None
    for item in element:
        inner = {child.tag: child.text for child in item}
        name, rate = inner.get("Наименование"), inner.get("Ставка")
        if rate and (not name or name.strip().upper() in {"НДС", "VAT", "ПДВ"}):
            found = values.vat(rate)
            if found is None and rate.strip():
                env.warn("exchange.vat_unreadable", rate)
            return found
    return None


def read_files(sent: Iterable[str], env: Env) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """(pictures, other files) of paths as sent; one empty path and nothing else removes the pictures."""
    pictures: list[str] = []
    files: list[str] = []
    removal = refused = False
    for text in sent:
        path = text.strip().replace("\\", "/")
        if not path:
            removal = True
            continue
        file_name = path.rpartition("/")[2]
        suffix = file_name.rpartition(".")[2].lower() if "." in file_name else ""
        if _unsafe(path):
            env.warn("exchange.path_refused", path)
        elif suffix in _PICTURES:
            pictures.append(path)
            continue
        elif suffix in _DOCUMENTS:
            files.append(path)
            continue
        else:
            env.warn("exchange.file_kind_refused", path)
        refused = True
    said = bool(pictures) or (removal and not refused and not files)
    return tuple(pictures) if said else None, tuple(files)


def _unsafe(path: str) -> bool:
    """Absolute, with a drive, climbing up, too long or with characters no file name has."""
    if path[0] == "/" or ":" in path or len(path) > values.REF_LENGTH or not path.isprintable():
        return True
    return ".." in path and ".." in path.split("/")


def positive(text: str) -> Decimal | None:
    """A number above zero, else None."""
    value = values.number(text) if text else None
    return value if value is not None and value > 0 else None
