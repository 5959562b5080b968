"""Pages from templates: one Jinja2 environment per language, all texts and formats of that language built in.

`Renderer.render(template, language, context)` is pure: the same arguments give the same text. Undefined names are
errors, output is escaped, templates are compiled once per process. What templates may use besides Jinja's own:

* texts: `_("…")`, `ngettext`, `pgettext`, `{% trans %}`; `state|label("order")`, `error|error_text`;
* formats: `money balance amount quantity percent signed_percent compact`,
  `day short_date numeric_date moment time exact_time iso duration file_size`;
* `icon("name")`, `static("path")`, `tone(state, "order")`, chart geometry (`charts.*`).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.http import charts
from b2b_dvizhenie.entrypoints.http.folding import FoldingEnvironment, trusted
from b2b_dvizhenie.entrypoints.http.formats import Formats
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.static import StaticFiles
from b2b_dvizhenie.entrypoints.texts import LANGUAGES, error_text, translations

TEMPLATES_FOLDER = Path(__file__).parent / "templates"
DEFAULT_ZONE = "Europe/Moscow"
_FORMAT_FILTERS = (
    *("money", "balance", "amount", "quantity", "percent", "signed_percent", "compact"),
    *("day", "short_date", "numeric_date", "moment", "time", "exact_time", "iso", "duration", "file_size", "phone"),
)


class Renderer:
    """Renders the product's templates.

    Args:
        static: the static files whose URLs pages carry.
        zone: the time zone of the seller's business dates.
        development: read a changed template again instead of once per process.
    """

    def __init__(self, static: StaticFiles, zone: str = DEFAULT_ZONE, *, development: bool = False) -> None:
        self.static = static
        self._environments = {
            language: _environment(language, static, zone, development=development) for language in LANGUAGES
        }

    def render(self, template: str, language: str, context: Mapping[str, Any]) -> str:
        """The text of a template in a language.

        Args:
            template: path under the templates folder, `pages/cart.html`.
            language: one of `LANGUAGES`.
            context: usually `{"shell": Shell, "view": a view of pages/*}`.

        Raises:
            jinja2.UndefinedError: the template uses a name that the context lacks.
            jinja2.TemplateNotFound: there is no such template.
        """
        return self._environments[language].get_template(template).render(context)

    def warm_up(self) -> None:
        """Compile every template now, so that the first visitor does not wait; raises on a broken one."""
        for environment in self._environments.values():
            for name in environment.list_templates(extensions=["html"]):
                environment.get_template(name)


def _environment(language: str, static: StaticFiles, zone: str, *, development: bool) -> Environment:
    environment = FoldingEnvironment(
        loader=FileSystemLoader(TEMPLATES_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=development,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    texts = translations(language)
    environment.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    formats = Formats(language, zone)
    environment.filters.update({name: getattr(formats, name) for name in _FORMAT_FILTERS})

    def label(state: str, kind: str) -> str:
        return texts.gettext(label_of(kind, state).text)

    def tone(state: str, kind: str) -> str:
        return label_of(kind, state).tone

    def explain(error: DomainError) -> str:
        return error_text(error.code, error.params, language)

    icon = _icons(static)
    environment.filters.update(label=label, error_text=explain)
    environment.globals.update(
        language=language,
        icon=icon,
        static=static.url,
        static_modules=static.modules(),
        tone=tone,
        charts=charts,
    )
    environment.fold({"_": lambda text: trusted(texts.gettext(text)), "icon": icon, "static": static.url})
    return environment


def _icons(static: StaticFiles) -> Any:
    # A page shows hundreds of icons and knows a few dozen names: each is put together once.
    sprite = static.url("vendor/icons.svg")

    @cache
    def icon(name: str, css: str = "") -> Markup:
        return Markup('<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
            f" {css}" if css else "", sprite, name
        )

    return icon
