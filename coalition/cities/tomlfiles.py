"""Files checked against a schema, so that each problem is told with its file and line."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flask_babel import gettext
from marshmallow import Schema, ValidationError

from coalition.cities.errors import FilesInvalid, Problem
from coalition.errors import N_

MAX_FILE_BYTES = 1_000_000
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*")(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"))*)\s*="""
)
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
_MULTILINE = re.compile(r'"""|' + "'''")

_NOT_READABLE = N_("This file cannot be read: it is not there, or not a file of this folder.")
_NO_FOLDER = N_(
    "A file that is sent alone cannot refer to others: write the text itself there."
)
_TOO_DEEP = N_("This file is nested too deep to be read.")
_TOO_LONG = N_("This file is larger than a text of ours can be.")
_NOT_TEXT = N_("This file is not text in UTF-8.")

Path_ = tuple[str | int, ...]


def read_toml(file: Path, schema: Schema) -> dict[str, Any]:
    """Read a TOML file and return what the schema makes of it.

    A value that is a table `{ file = "letter.md" }` stands for the text of that file, which
    lies in the same folder.

    Raises:
        FilesInvalid: something is wrong; each problem with its line.
    """
    text = _text_of(file, file.parent)
    return _checked(_from_toml(text, file), schema, file, _lines(text), folder=file.parent)


def read_sent_file(name: str, content: bytes, schema: Schema) -> dict[str, Any]:
    """Check a file that somebody sent, TOML or JSON, and return what the schema makes of it.

    It comes without a folder: a value `{ file = … }` refers to nothing here and is a problem.

    Raises:
        FilesInvalid: something is wrong; each problem with its line, 0 where that is not known.
    """
    file = Path(Path(name).name[:100] or "?")
    if len(content) > MAX_FILE_BYTES:
        raise FilesInvalid([Problem(file, 0, gettext(_TOO_LONG))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FilesInvalid([Problem(file, 0, gettext(_NOT_TEXT))]) from None
    is_json = text.lstrip().startswith("{")
    try:
        written = _from_json(text, file) if is_json else _from_toml(text, file)
        lines = {} if is_json else _lines(text)
        return _checked(written, schema, file, lines, folder=None)
    except RecursionError:
        raise FilesInvalid([Problem(file, 0, gettext(_TOO_DEEP))]) from None


def _from_toml(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        last = text.count("\n") + 1
        line = int(found.group(1)) if found and found.group(1) else last
        sentence = _AT_LINE.sub("", str(error)).strip()
        raise FilesInvalid([Problem(file, line, f"This is no TOML: {sentence}.")]) from error


def _from_json(text: str, file: Path) -> dict[str, Any]:
    try:
        written: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError as error:
        sentence = f"This is no JSON: {error.msg}."
        raise FilesInvalid([Problem(file, error.lineno, sentence)]) from error
    return written


def _checked(
    written: dict[str, Any],
    schema: Schema,
    file: Path,
    lines: Mapping[Path_, int],
    *,
    folder: Path | None,
) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(_with_texts(written, folder, ()))
    except _TextMissing as error:
        raise FilesInvalid(
            [Problem(file, _line_of(lines, error.path), error.sentence)]
        ) from error
    except ValidationError as error:
        problems = [
            Problem(file, _line_of(lines, path), f"{_dotted(path)}{sentence}")
            for path, sentence in _flat(error.messages, ())
        ]
        raise FilesInvalid(problems) from error
    return loaded


class _TextMissing(Exception):
    """A text that a file refers to cannot be read; `path` is where it does."""

    def __init__(self, path: Path_, sentence: str) -> None:
        self.path, self.sentence = path, sentence
        super().__init__(sentence)


def _with_texts(value: Any, folder: Path | None, path: Path_) -> Any:
    match value:
        case {"file": str(name), **rest} if not rest:
            if folder is None:
                raise _TextMissing(path, f"{name[:100]}: {gettext(_NO_FOLDER)}")
            try:
                return _text_of(folder / name, folder)
            except FilesInvalid as error:
                raise _TextMissing(path, f"{name}: {error.problems[0].sentence}") from error
        case dict():
            return {key: _with_texts(each, folder, (*path, key)) for key, each in value.items()}
        case list():
            return [_with_texts(each, folder, (*path, n)) for n, each in enumerate(value)]
    return value


def _text_of(file: Path, folder: Path) -> str:
    inside = file.resolve().parent == folder.resolve()
    if not inside or not file.is_file():
        raise FilesInvalid([Problem(file, 0, _NOT_READABLE)])
    if file.stat().st_size > MAX_FILE_BYTES:
        raise FilesInvalid([Problem(file, 0, _TOO_LONG)])
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise FilesInvalid([Problem(file, 0, _NOT_TEXT)]) from None


def _lines(text: str) -> dict[Path_, int]:
    """Return the line on which each table and each key of a valid TOML text begins."""
    found: dict[Path_, int] = {}
    counts: dict[Path_, int] = {}
    table: Path_ = ()
    within = ""  # the quotes of the text of several lines that we are in
    for number, line in enumerate(text.splitlines(), start=1):
        if not within:
            if header := _HEADER.match(line):
                table = _table(_parts(header.group(2)), header.group(1) == "[[", counts)
                found.setdefault(table, number)
            elif key := _KEY.match(line):
                for length, _ in enumerate(parts := _parts(key.group(1)), start=1):
                    found.setdefault((*table, *parts[:length]), number)
        for quotes in _MULTILINE.findall(line):
            within = "" if within == quotes else within or quotes
    return found


def _table(names: Path_, is_item: bool, counts: dict[Path_, int]) -> Path_:  # noqa: FBT001
    """Return the path of a header, with the number of each list item that it lies in."""
    path: Path_ = ()
    for position, name in enumerate(names):
        path = (*path, name)
        is_last = position == len(names) - 1
        if is_last and is_item:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(key: str) -> Path_:
    return tuple(part.strip().strip('"') for part in key.split("."))


def _line_of(lines: Mapping[Path_, int], path: Path_) -> int:
    """Return the line of the longest beginning of `path` that stands in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1 if lines else 0)


def _flat(messages: Any, path: Path_) -> Iterator[tuple[Path_, str]]:
    if isinstance(messages, dict):
        for key, each in messages.items():
            yield from _flat(each, path if key == "_schema" else (*path, key))
    elif isinstance(messages, list):
        for each in messages:
            yield from _flat(each, path)
    else:
        yield path, str(messages)


def _dotted(path: Path_) -> str:
    return ".".join(str(each + 1 if isinstance(each, int) else each) for each in path) + (
        ": " if path else ""
    )
