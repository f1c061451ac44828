"""What a text is made of, as plain values: blocks, and in them words in a style."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True)
class Run:
    """Words in one style."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    kind: ClassVar[Literal["run"]] = "run"


@dataclass(frozen=True)
class Link:
    """Words that lead to `href`: an http, https or mailto address."""

    href: str
    runs: tuple[Run, ...]
    kind: ClassVar[Literal["link"]] = "link"


@dataclass(frozen=True)
class Break:
    """A line break that the writer asked for."""

    kind: ClassVar[Literal["break"]] = "break"


Inline = Run | Link | Break


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, or the line of a tight list."""

    inlines: tuple[Inline, ...]
    kind: ClassVar[Literal["paragraph"]] = "paragraph"


@dataclass(frozen=True)
class Heading:
    """A heading; `level` is 2 to 6 and never skips one on the way down."""

    level: int
    inlines: tuple[Inline, ...]
    kind: ClassVar[Literal["heading"]] = "heading"


@dataclass(frozen=True)
class ItemList:
    """A list; `start` is the number of the first item, or `None` for bullets."""

    items: tuple[tuple["Block", ...], ...]
    start: int | None = None
    kind: ClassVar[Literal["list"]] = "list"


@dataclass(frozen=True)
class Quote:
    """A passage quoted from elsewhere."""

    blocks: tuple["Block", ...]
    kind: ClassVar[Literal["quote"]] = "quote"


@dataclass(frozen=True)
class Code:
    """Text whose line breaks and spaces count."""

    text: str
    kind: ClassVar[Literal["code"]] = "code"


@dataclass(frozen=True)
class Rule:
    """A line between two parts."""

    kind: ClassVar[Literal["rule"]] = "rule"


Block = Paragraph | Heading | ItemList | Quote | Code | Rule


def plain_text(block: Block) -> str:
    """Write a block without its marks, addresses of links in brackets."""
    match block:
        case Paragraph(inlines) | Heading(_, inlines):
            return "".join(_inline_text(inline) for inline in inlines)
        case ItemList(items, start):
            marks = ("-" if start is None else f"{start + n}." for n in range(len(items)))
            return "\n".join(
                _item_text(mark, item) for mark, item in zip(marks, items, strict=True)
            )
        case Quote(blocks):
            inner = "\n\n".join(plain_text(inner) for inner in blocks)
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
        case Code(text):
            return text
        case Rule():
            return "* * *"


def _item_text(mark: str, item: Sequence[Block]) -> str:
    inner = "\n".join(plain_text(block) for block in item)
    return f"{mark} " + inner.replace("\n", "\n" + " " * (len(mark) + 1))


def _inline_text(inline: Inline) -> str:
    if isinstance(inline, Run):
        return inline.text
    if isinstance(inline, Break):
        return "\n"
    words = "".join(run.text for run in inline.runs)
    address = inline.href.removeprefix("mailto:")
    return words if words in (inline.href, address) else f"{words} ({address})"
