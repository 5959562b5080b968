"""The panel's page of access levels: levels × groups of information."""

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice


class LevelColumn(Struct, frozen=True, kw_only=True):
    """A level; `note` says who has it, `urls` are empty where it cannot be changed or deleted."""

    level: int
    title: str
    name: str
    buyers: int
    rename_url: str = ""
    delete_url: str = ""


class LevelCell(Struct, frozen=True):
    """Whether a level opens the group; `name` is the field's name, `label` what it is for people who do not see."""

    name: str
    label: str
    is_open: bool


class LevelRow(Struct, frozen=True):
    """A group of information over all levels."""

    title: str
    hint: str
    cells: tuple[LevelCell, ...]


class LevelsView(Struct, frozen=True, kw_only=True):
    """The page. `choices` are the levels a new one can be made like."""

    columns: tuple[LevelColumn, ...]
    rows: tuple[LevelRow, ...]
    form: Form
    choices: tuple[Choice, ...] = ()
    error: str = ""
    may_change: bool = False
