"""Turns HTML into plain text: paragraphs on lines of their own, no markup, no scripts."""

from __future__ import annotations

import html
import re

import lxml.etree
import lxml.html

_TAG = re.compile(r"<[a-zA-Z/!?]")
_HIDDEN = frozenset({"script", "style", "noscript", "template", "head", "iframe", "object", "svg", "math", "button"})
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"),
        *("nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
_PARSER_OPTIONS = {"no_network": True, "huge_tree": False, "remove_comments": True, "remove_pis": True}


def plain_text(content: str) -> str:
    """The text of a piece of HTML, or of what may be plain text already: without tags it is kept line by line."""
    if not _TAG.search(content):
        return html.unescape(content)
    parser = lxml.html.HTMLParser(encoding="utf-8", **_PARSER_OPTIONS)
    try:
        # The wrapper gives the parser one root; encoding with "replace" lets lone surrogates pass.
        root = lxml.html.document_fromstring(b"<div>" + content.encode("utf-8", "replace") + b"</div>", parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return ""
    return _lines(root)


def _lines(root: lxml.html.HtmlElement) -> str:
    pieces: list[str] = []
    hidden_depth = 0
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            hidden_depth += name in _HIDDEN
            if name in _BLOCKS or name == "br":
                pieces.append("\n")
            if not hidden_depth and element.text:
                pieces.append(_on_one_line(element.text))
        else:
            hidden_depth -= name in _HIDDEN
            if name in _BLOCKS:
                pieces.append("\n")
            if not hidden_depth and element.tail:
                pieces.append(_on_one_line(element.tail))
    lines = (" ".join(line.split(" ")).strip() for line in "".join(pieces).split("\n"))
    return "\n".join(re.sub(r" {2,}", " ", line) for line in lines if line)


def _on_one_line(text: str) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text)
