"""Markdown as HTML that cannot act: what a page shows of a note."""

import nh3
from markdown_it import MarkdownIt

# CommonMark with tables and strike-through; raw HTML is shown as text. A line stays a line, so that
# who says what in minutes stands below each other.
_OPTIONS = {"html": False, "breaks": True}
_READER = MarkdownIt("commonmark", _OPTIONS).enable(["table", "strikethrough"])
# No images: each would tell somebody else's server who reads.
_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
    *("em", "strong", "s", "ul", "ol", "li", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def html_of(text: str) -> str:
    """Return safe HTML; links open nothing but http, https and mailto."""
    return nh3.clean(
        _READER.render(text),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
