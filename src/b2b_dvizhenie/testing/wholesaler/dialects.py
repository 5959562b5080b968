"""How the four families of 1C differ when they write a catalogue (onec.md §1, §3.5)."""

from enum import StrEnum

from msgspec import Struct


class Profile(StrEnum):
    """A family of 1C, by the names of exchange profiles."""

    UT10 = "ut10"
    UT115 = "ut115"
    UNF = "unf"
    BITRIX31 = "bitrix31"


class Deletion(StrEnum):
    """How a deleted good is told."""

    STATUS_ATTRIBUTE = "status attribute"
    STATUS_ELEMENT = "status element"
    MARK = "mark"


class Dialect(Struct, frozen=True):
    """Spellings of one family."""

    profile: Profile
    namespace: str
    version: str
    bom: bool
    deletion: Deletion
    import_name: str
    """Name of portion `n` (from 1) of the goods."""
    offers_name: str
    partners_name: str
    portions: bool
    """Whether a large catalogue is cut into portions."""
    picture_dashes: bool = True
    """УТ 10 writes picture names without the dashes of GUIDs."""
    weight_requisite: bool = False
    """УТ 10 sends grams in the requisite «Вес»."""
    classifier_units: bool = False
    unit_by_code: bool = False
    """The unit of a good is its code; names are in the units of the classifier."""
    split: bool = False
    """One file per kind of object, see `split31`; the three names are then unused but for the buyers."""
    versions: bool = False
    """Objects carry НомерВерсии."""

    def first_number(self) -> int:
        """Number of the first portion in file names."""
        return 0 if self.profile is Profile.UNF else 1


DIALECTS = {
    dialect.profile: dialect
    for dialect in (
        Dialect(
            profile=Profile.UT10,
            namespace="",
            version="2.05",
            bom=True,
            deletion=Deletion.STATUS_ELEMENT,
            import_name="import.xml",
            offers_name="offers.xml",
            partners_name="contragents.xml",
            portions=False,
            picture_dashes=False,
            weight_requisite=True,
        ),
        Dialect(
            profile=Profile.UT115,
            namespace="urn:1C.ru:commerceml_2",
            version="2.07",
            bom=True,
            deletion=Deletion.STATUS_ATTRIBUTE,
            import_name="import0_{n}.xml",
            offers_name="offers0_{n}.xml",
            partners_name="contragents0_{n}.xml",
            portions=True,
        ),
        Dialect(
            profile=Profile.UNF,
            namespace="urn:1C.ru:commerceml_210",
            version="2.10",
            bom=False,
            deletion=Deletion.MARK,
            import_name="import{n}.xml",
            offers_name="offers{n}.xml",
            partners_name="contragents{n}.xml",
            portions=True,
            classifier_units=True,
        ),
        Dialect(
            profile=Profile.BITRIX31,
            namespace="urn:1C.ru:commerceml_3",
            version="3.1",
            bom=True,
            deletion=Deletion.MARK,
            import_name="goods_1_{n}_{guid}.xml",
            offers_name="offers_1_{n}_{guid}.xml",
            partners_name="contragents_{n}_{guid}.xml",
            portions=True,
            unit_by_code=True,
            split=True,
            versions=True,
        ),
    )
}
