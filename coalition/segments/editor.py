"""The editor of a question: a tree as fields of a form, and what its buttons do.

The fields of a node begin with its place: `q` is the outermost group, `q.0` its first part,
`q.0.letter` a value of that part.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coalition.segments.conditions import (
    Condition,
    Parameter,
    ParameterKind,
    Subject,
    condition_called,
)
from coalition.segments.schemas import MAX_DEPTH, MAX_WRITTEN, ROOT

GROUP = "group"

Options = Sequence[tuple[str, str]]


@dataclass
class Input:
    """A field of a condition, as it is shown."""

    parameter: Parameter
    name: str
    value: str
    options: Options


@dataclass
class Row:
    """A node of the question, as it is shown: a group with its rows, or a condition."""

    path: str
    match: str = ""
    name: str = ""
    contrary: bool = False
    condition: Condition | None = None
    inputs: list[Input] = field(default_factory=list)
    rows: list["Row"] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        """Whether it holds other rows."""
        return bool(self.match)

    @property
    def may_hold_groups(self) -> bool:
        """Whether a group may be added here."""
        return self.path.count(".") < MAX_DEPTH - 1


def read(sent: Mapping[str, str]) -> dict[str, Any]:
    """Read the question that a form holds; what is written is not checked yet."""
    children: dict[str, set[int]] = {}
    for key in sent:
        if re.fullmatch(rf"{ROOT}(\.\d{{1,3}}){{1,{MAX_DEPTH}}}\.[a-z_]{{1,40}}", key):
            parts = key.split(".")
            for n in range(1, len(parts) - 1):
                children.setdefault(".".join(parts[:n]), set()).add(int(parts[n]))
    return _read(sent, children, ROOT)


def press(question: dict[str, Any], button: str, sent: Mapping[str, str]) -> None:
    """Do what a button says: "add:q.0" adds what is chosen there, "remove:q.0.1" removes."""
    what, _, path = button.partition(":")
    places = [int(part) for part in path.split(".")[1:] if part.isdecimal()]
    if what == "add":
        group = _at(question, places)
        chosen = sent.get(f"new:{path}", "")
        if group is None or "of" not in group or len(group["of"]) >= MAX_WRITTEN or not chosen:
            return
        new = {"match": "any", "of": []} if chosen == GROUP else {"is": chosen[:100]}
        group["of"].append(new)
    elif what == "remove" and places:
        group = _at(question, places[:-1])
        if group is not None and places[-1] < len(group.get("of", ())):
            del group["of"][places[-1]]


def rows(question: Mapping[str, Any], subject: Subject) -> Row:
    """Return a question as the editor shows it, with what each field offers now."""
    offered: dict[Callable[[], Options], Options] = {}

    def offer(parameter: Parameter) -> Options:
        if parameter.options not in offered:
            offered[parameter.options] = list(parameter.options())
        return offered[parameter.options]

    return _row(question, subject, ROOT, offer)


def _read(
    sent: Mapping[str, str], children: Mapping[str, set[int]], path: str
) -> dict[str, Any]:
    name = sent.get(f"{path}.is")
    if name is None:
        parts = [_read(sent, children, f"{path}.{n}") for n in sorted(children.get(path, ()))]
        return {"match": sent.get(f"{path}.match", "all"), "of": parts}
    begins = f"{path}."
    values = {
        key.removeprefix(begins): value
        for key, value in sent.items()
        if key.startswith(begins) and "." not in key.removeprefix(begins)
    }
    if values.get("not") == "no":
        del values["not"]
    return {key: value for key, value in values.items() if value}


def _at(question: dict[str, Any], places: Sequence[int]) -> dict[str, Any] | None:
    found = question
    for place in places:
        parts = found.get("of", ())
        if place >= len(parts):
            return None
        found = parts[place]
    return found


def _row(
    node: Mapping[str, Any], subject: Subject, path: str, offer: Callable[[Parameter], Options]
) -> Row:
    if "match" in node:
        parts = [_row(each, subject, f"{path}.{n}", offer) for n, each in enumerate(node["of"])]
        return Row(path, match=str(node["match"]), rows=parts)
    name = str(node.get("is", ""))
    condition = condition_called(subject, name)
    row = Row(path, name=name, condition=condition, contrary=bool(node.get("not")))
    for each in condition.parameters if condition else ():
        value = str(node.get(each.name, ""))
        options = offer(each) if each.kind == ParameterKind.PICK else ()
        if each.kind == ParameterKind.PICK and value and value not in dict(options):
            words = each.words_of(value)  # an older letter than the list holds
            options = [*options, (value, words)] if words else options
        row.inputs.append(Input(each, f"{path}.{each.name}", value, options))
    return row
