"""Markdown that people write, as safe HTML, as plain text and as a tree of plain values."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from coalition.errors import N_, DomainError
from coalition.textblocks import (
    Block,
    Break,
    Code,
    Heading,
    Inline,
    ItemList,
    Link,
    Paragraph,
    Quote,
    Rule,
    Run,
    plain_text,
)

MAX_MARKDOWN_CHARS = 100_000  # characters of source; about forty printed pages
TOP_HEADING_LEVEL = 2  # the page keeps the one h1 for its own title
LINK_SCHEMES = frozenset({"http", "https", "mailto"})

# What no text needs and what XML, PDF and terminals trip over. Tab and newline stay.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]"
)
# Deeper than any reply to a reply; each level more costs one more pass over the text.
_MAX_QUOTE_DEPTH = 6
_DEEP_QUOTE = re.compile(rf"^(?: {{0,3}}> ?){{{_MAX_QUOTE_DEPTH + 1},}}", re.MULTILINE)
# No longer than browsers take; the marks around words of any script end it.
_ADDRESS = re.compile(
    r"(?<![a-z0-9+.-])https?://[^\s<>\"“”„«»‹›、。，；：？！「」『』（）《》…]{1,2000}",
    re.IGNORECASE,
)
_ENDS = ".,;:!?'’*_~]}"
_TAGS = {"p", "br", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote"} | {
    "strong", "em", "a", "code", "pre", "hr"
}  # fmt: skip


class TextTooLong(DomainError):
    """The source is longer than `MAX_MARKDOWN_CHARS`."""

    status = 422
    code = "too_long"
    message = N_("The text has %(chars)d characters; at most %(limit)d fit.")


def to_html(text: str) -> Markup:
    """Render as HTML that may stand in any page: no tags of the writer's, no images.

    Raises:
        TextTooLong: `text` is longer than `MAX_MARKDOWN_CHARS`.
    """
    tokens = _parse(text)
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    # The parser lets no tag through; the allow-list stands behind it in case it once does.
    return Markup(  # noqa: S704
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
            url_schemes=set(LINK_SCHEMES),
            link_rel="noopener noreferrer nofollow",
        )
    )


def to_text(text: str) -> str:
    """Render as plain text for mail: marks gone, addresses of links in brackets.

    Raises:
        TextTooLong: `text` is longer than `MAX_MARKDOWN_CHARS`.
    """
    return "\n\n".join(plain_text(block) for block in to_blocks(text)).strip()


def opening(text: str, max_chars: int = 200) -> str:
    """Return how a text begins, as plain text on one line, cut between words."""
    line = " ".join(to_text(text).split())
    if len(line) <= max_chars:
        return line
    return line[:max_chars].rpartition(" ")[0].rstrip(",;:") + " …"


def to_blocks(text: str) -> tuple[Block, ...]:
    """Parse into a tree of plain values, for renderers that are not HTML.

    Raises:
        TextTooLong: `text` is longer than `MAX_MARKDOWN_CHARS`.
    """
    return tuple(_blocks(iter(_parse(text)), until=""))


def without_controls(text: str) -> str:
    """Drop the control characters and lone surrogates that no text needs."""
    return _CONTROL.sub("", text)


def _parse(text: str) -> list[Token]:
    if len(text) > MAX_MARKDOWN_CHARS:
        raise TextTooLong(chars=len(text), limit=MAX_MARKDOWN_CHARS)
    shallow = _DEEP_QUOTE.sub(">" * _MAX_QUOTE_DEPTH + " ", without_controls(text))
    return _PARSER.parse(shallow)


def _may_link(url: str) -> bool:
    try:
        return urlsplit(url.strip()).scheme.lower() in LINK_SCHEMES
    except ValueError:  # a bracket out of place in the host
        return False


def _level_headings(state: StateCore) -> None:
    """Start at h2 and never skip a level: screen readers and PDF/UA walk by levels."""
    level, shift = TOP_HEADING_LEVEL - 1, None
    for token in state.tokens:
        if token.type not in ("heading_open", "heading_close"):
            continue
        if token.type == "heading_open":
            written = int(token.tag[1])
            shift = TOP_HEADING_LEVEL - written if shift is None else shift
            level = max(TOP_HEADING_LEVEL, min(written + shift, level + 1, 6))
        token.tag = f"h{level}"


def _simplify_inlines(state: StateCore) -> None:
    """Turn images into their description and drop emphasis inside the same emphasis.

    A picture from elsewhere tells its server who reads; ten thousand nested stars tell nobody
    anything.
    """
    for token in state.tokens:
        if token.children:
            token.children = list(_simple(token.children))


def _simple(tokens: Sequence[Token]) -> Iterator[Token]:
    depth = {"em": 0, "strong": 0}
    for token in tokens:
        if token.type == "image":
            words = "".join(child.content for child in token.children or ())
            yield Token("text", "", 0, content=words)
        elif token.tag in depth:
            if token.nesting == 1:
                depth[token.tag] += 1
            if depth[token.tag] == 1:
                yield token
            if token.nesting == -1:
                depth[token.tag] -= 1
        else:
            yield token


def _blocks(tokens: Iterator[Token], until: str) -> Iterator[Block]:
    for token in tokens:
        if token.type == until:
            return
        if block := _block(token, tokens):
            yield block


def _block(token: Token, tokens: Iterator[Token]) -> Block | None:
    """Read the block that `token` opens; `None` where nothing is left to show."""
    block: Block | None = None
    match token.type:
        case "paragraph_open":
            inlines = _inlines(next(tokens))
            block = Paragraph(inlines) if inlines else None
        case "heading_open":
            inlines = _inlines(next(tokens))
            block = Heading(int(token.tag[1]), inlines) if inlines else None
        case "bullet_list_open" | "ordered_list_open":
            block = _list(token, tokens)
        case "blockquote_open":
            block = Quote(tuple(_blocks(tokens, "blockquote_close")))
        case "fence" | "code_block":
            block = Code(token.content.rstrip("\n"))
        case "hr":
            block = Rule()
    return block


def _list(opening: Token, tokens: Iterator[Token]) -> ItemList:
    closing = opening.type.replace("_open", "_close")
    items = []
    for token in tokens:
        if token.type == closing:
            break
        items.append(tuple(_blocks(tokens, "list_item_close")))
    start = int(opening.attrs.get("start", 1)) if opening.tag == "ol" else None
    return ItemList(tuple(items), start)


def _inlines(inline: Token) -> tuple[Inline, ...]:
    found: list[Inline] = []
    style = Run("")
    href, linked = "", list[Run]()
    for token in inline.children or ():
        if token.tag in ("strong", "em"):
            on = token.nesting == 1
            strong = token.tag == "strong"
            style = replace(style, strong=on) if strong else replace(style, emphasis=on)
        elif token.type == "link_open":
            href, linked = str(token.attrs["href"]), []
        elif token.type == "link_close":
            if any(run.text.strip() for run in linked):
                found.append(Link(href, tuple(linked)))
            href = ""
        elif token.type == "hardbreak" and not href:
            found.append(Break())
        else:
            run = replace(style, text=_run_text(token), code=token.type == "code_inline")
            if run.text:
                (linked if href else found).append(run)
    return tuple(found)


def _run_text(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _link_addresses(state: StateCore) -> None:
    """Make links of addresses that are written as they are.

    The parser's own way needs a package that goes through a text once per address. Those that
    begin with http:// or https:// are all that is meant here, and one pass finds them.
    """
    for token in state.tokens:
        if token.children:
            token.children = list(_linked(token.children))


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.tag == "a" else 0
        if token.type != "text" or depth:
            yield token
            continue
        end = 0
        for match in _ADDRESS.finditer(token.content):
            url = _without_sentence(match[0])
            href = _PARSER.normalizeLink(url)
            if not (_may_link(href) and urlsplit(href).hostname):
                continue
            yield Token("text", "", 0, content=token.content[end : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": href})
            yield Token("text", "", 0, content=url)
            yield Token("link_close", "a", -1)
            end = match.start() + len(url)
        yield Token("text", "", 0, content=token.content[end:])


def _without_sentence(url: str) -> str:
    """Drop the marks at an address's end that belong to the sentence around it."""
    while url and (url[-1] in _ENDS or (url[-1] == ")" and url.count("(") < url.count(")"))):
        url = url[:-1]
    return url


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.validateLink = _may_link  # type: ignore[method-assign]
    parser.core.ruler.push("level_headings", _level_headings)
    parser.core.ruler.push("simplify_inlines", _simplify_inlines)
    parser.core.ruler.push("link_addresses", _link_addresses)
    return parser


_PARSER = _make_parser()  # holds no state between texts
