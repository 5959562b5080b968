"""Sentences for the rules that decide what somebody sees."""

from collections.abc import Mapping
from gettext import GNUTranslations

from b2b_dvizhenie.application.hierarchy import Step
from b2b_dvizhenie.domain.visibility import Information
from b2b_dvizhenie.entrypoints.http.information_texts import INFORMATION
from b2b_dvizhenie.entrypoints.http.labels import N_, label_of
from b2b_dvizhenie.entrypoints.http.pages.people import WhyStep

_TEXTS: Mapping[str, str] = {
    "blocked": N_("The account is blocked: it opens nothing."),
    "right": N_("The role «{role}» gives the right «{permission}» for: {scope}."),
    "no_right": N_("The role «{role}» does not give the right «{permission}»."),
    "concealed": N_("Prices are hidden from who may not see those of the agreement; so the setting says."),
    "own_yes": N_("It is his own."),
    "own_no": N_("It is not his own."),
    "assigned_yes": N_("He looks after the company, or it is he himself."),
    "assigned_no": N_("He does not look after the company."),
    "subtree_yes": N_("He stands above who looks after it."),
    "subtree_no": N_("He does not stand above who looks after it."),
    "firm_yes": N_("It belongs to his seller firm."),
    "firm_no": N_("It does not belong to his seller firm."),
    "all_yes": N_("The right reaches everything."),
    "level_opens": N_("Access level {level} opens «{information}»."),
    "level_closed": N_("Access level {level} does not open «{information}»."),
    "segment_closed": N_("A segment of the company closes «{information}»."),
    "no_company": N_("He buys for no company, so no access level opens anything to him."),
    "beyond_levels": N_("Access levels do not bind who sees more than his own."),
}
_NOTES: tuple[tuple[str, str], ...] = (
    ("company", N_("Company: {company}")),
    ("manager", N_("Manager: {manager}")),
    ("path", N_("Chain: {path}")),
    ("firm", N_("His firm: {firm}")),
)
_NOTED = {"own": ("company",), "assigned": ("company", "manager"), "firm": ("company", "firm")}


def said(step: Step, texts: GNUTranslations) -> WhyStep:
    """The rule in words."""
    words = dict(step.params)
    for kind in ("role", "permission", "scope"):
        if kind in words:
            words[kind] = texts.gettext(label_of(kind, words[kind]).text)
    if "information" in words:
        words["information"] = texts.gettext(INFORMATION[Information(words["information"])][0])
    scope = step.code.split("_")[0]
    wanted = _NOTED.get(scope, ("company", "manager", "path") if scope == "subtree" else ())
    notes = [texts.gettext(text).format(**words) for name, text in _NOTES if name in wanted and words.get(name)]
    return WhyStep(ok=step.ok, text=texts.gettext(_TEXTS[step.code]).format(**words), note=" · ".join(notes))
