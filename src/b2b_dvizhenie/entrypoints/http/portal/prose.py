"""Descriptions as the ERP sent them, made safe to show: text keeps its lines, HTML keeps only harmless marks."""

import re
from html import escape

import nh3

_TAGS = {
    *("p", "br", "b", "strong", "i", "em", "u", "s", "sub", "sup", "ul", "ol", "li", "dl", "dt", "dd"),
    *("h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td", "caption", "blockquote", "hr", "div", "span"),
}
_ATTRIBUTES = {"th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")


def safe_html(text: str) -> str:
    """HTML that can do nothing but be read: no scripts, styles, pictures or links survive."""
    text = text.strip()
    if not text:
        return ""
    if not _MARKUP.search(text):
        return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    return nh3.clean(text, tags=_TAGS, attributes=_ATTRIBUTES, strip_comments=True)
