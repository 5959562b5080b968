"""Specifications as pages show them."""

from gettext import GNUTranslations

from b2b_dvizhenie.application.ordering import ListedSpecification, PricedCart, SpecificationDetails
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import Access, Sharing
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.specifications import SpecificationRow, SpecificationView
from b2b_dvizhenie.entrypoints.http.portal.carts import feed_of_lines, shown_line, totals_of

HOME = "/specifications"


def keeps_lists(actor: Actor) -> bool:
    """Whether the actor may make lists: he buys for a company."""
    return actor.terms is not None and actor.may(Permission.CART_EDIT)


def row_of(listed: ListedSpecification) -> SpecificationRow:
    """A list among others."""
    return SpecificationRow(
        url=f"{HOME}/{listed.specification_id}",
        name=listed.name,
        owner=listed.owner,
        company=listed.company_name,
        positions=listed.positions,
        updated_at=listed.updated_at,
        sharing=listed.sharing.value,
        mine=listed.access is Access.OWN,
    )


def specification_view(
    found: SpecificationDetails,
    shown: PricedCart,
    actor: Actor,
    language: str,
    texts: GNUTranslations,
    *,
    company: str = "",
    live: str = "",
    form: Form | None = None,
) -> SpecificationView:
    """The page of one list.

    Args:
        found: the list, priced as it will be charged.
        shown: its lines in the currency the actor sees prices in.
        actor: who looks.
        language: of the texts.
        texts: of this language.
        company: whose prices are shown.
        live: where the page asks for live prices, where they are told to this actor.
        form: of name and sharing, where it came back.
    """
    listed, keeps = found.listed, keeps_lists(actor)
    mine = keeps and listed.access is Access.OWN
    return SpecificationView(
        url=f"{HOME}/{listed.specification_id}",
        name=listed.name,
        version=listed.version,
        owner=listed.owner,
        made_for=listed.company_name,
        sharing=listed.sharing.value,
        updated_at=listed.updated_at,
        lines=tuple(shown_line(line, shown.currency, language) for line in shown.lines),
        totals=totals_of(shown, found.goods),
        company=company,
        mine=mine,
        can_edit=keeps and listed.access.edits,
        can_order=keeps,
        can_copy=keeps,
        priced=found.is_priced or actor.is_concealed,
        moved=found.moved,
        live=feed_of_lines(shown, live) if live and shown.lines else None,
        sharings=tuple(
            Choice(one.value, texts.gettext(label_of("sharing", one.value).text), one is listed.sharing)
            for one in Sharing
        ),
        form=form or Form(),
        export_url=f"{HOME}/{listed.specification_id}/export.xlsx" if found.is_priced else "",
    )
