"""What is wrong with a page that shows texts of strangers, by the standard library's own parser of HTML.

    page_faults(page, texts, usual)  in words, one line per fault; none where the page is as harmless as the usual one

`usual` is the same page of a practice without hostile texts: whatever element, attribute, script or style the page has
beyond it came from a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

_ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "srcset",
    "background",
    "cite",
    "ping",
    "xlink:href",
}
_SHOWN = 60  # letters of a text in a fault
_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}


class _Page(HTMLParser):
    """Everything on a page that could run or lead elsewhere, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.attributes: list[tuple[str, str, str]] = []  # element, attribute, value
        self.names: set[str] = set()
        self.programs: set[str] = set()  # the contents of scripts and styles
        self.markup: list[str] = []  # comments, declarations, processing instructions
        self.texts = [""]  # between one tag and the next
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.names.add(tag)
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.programs.add(data)
        else:
            self.texts[-1] += data

    def handle_comment(self, data: str) -> None:
        self.markup.append(data)

    def handle_decl(self, decl: str) -> None:
        self.markup.append(decl)

    def handle_pi(self, data: str) -> None:
        self.markup.append(data)

    def unknown_decl(self, data: str) -> None:
        self.markup.append(data)


def page_faults(page: str, texts: Iterable[str], usual: str) -> list[str]:
    """Say what on a page came from a text and is more than text, and which text it does not show.

    Args:
        page: with the texts.
        texts: what it must show, each whole inside one text of the page.
        usual: the same page of a practice without them.
    """
    found, expected = _Page(page), _Page(usual)
    faults = [f"element <{name}>" for name in sorted(found.names - expected.names)]
    names = {(tag, name) for tag, name, _ in expected.attributes}
    for tag, name, value in found.attributes:
        shown = f"<{tag} {name}={value[:_SHOWN]!r}>"
        if (tag, name) not in names:
            faults.append(f"attribute {shown}")
        if name.startswith("on"):
            faults.append(f"program in an attribute {shown}")
        if name in _ADDRESSES and not re.fullmatch(r"#[\w.:-]*", value):
            faults.append(f"leads elsewhere {shown}")
        if name == "style" and re.search(r"url|expression|import|[\\<@]", value, re.IGNORECASE):
            faults.append(f"style {shown}")
    faults += [
        f"script or style {text[:_SHOWN]!r}" for text in sorted(found.programs - expected.programs)
    ]
    faults += [f"markup {text[:_SHOWN]!r}" for text in found.markup if text not in expected.markup]
    every = "\n\0".join(found.texts)
    return faults + [f"not shown {text[:_SHOWN]!r}" for text in sorted(texts) if text not in every]
