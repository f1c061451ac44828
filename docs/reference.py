"""Write the reference of hooks, events and SDK from the docstrings: `python docs/reference.py`."""

import inspect
import re
import sys
from dataclasses import MISSING, fields
from pathlib import Path

from coalition import background, events, hookspecs, sdk  # noqa: F401

HERE = Path(__file__).parent
DO_NOT_EDIT = "<!-- Written by docs/reference.py from the docstrings. Do not edit. -->"


def main() -> int:
    """Write the pages, or with `--check` say which are out of date."""
    stale = [name for name, text in pages().items() if text != _stored(name)]
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"docs/{name} is out of date: run python docs/reference.py")
        return len(stale)
    for name in stale:
        (HERE / name).write_text(pages()[name], encoding="utf-8")
        print(f"Wrote docs/{name}")
    return 0


def pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    return {"plugin-hooks.md": _hooks(), "events.md": _events(), "sdk.md": _sdk()}


def hooks() -> list[tuple[str, str]]:
    """Return name and signature of each hook, in the order of the file."""
    found = [
        (name, value)
        for name, value in vars(hookspecs).items()
        if name.startswith("coalition_") and inspect.isfunction(value)
    ]
    found.sort(key=lambda each: inspect.getsourcelines(each[1])[1])
    return [(name, f"{name}{_signature(value)}") for name, value in found]


def _hooks() -> str:
    parts = [
        DO_NOT_EDIT,
        "# Hooks",
        inspect.cleandoc(hookspecs.__doc__ or ""),
        (
            "Mark your function with `@hookimpl` from `coalition.sdk`. Leave out arguments that you"
            " do not need."
        ),
    ]
    for name, signature in hooks():
        parts += [
            f"## `{name}`",
            f"```python\n{signature}\n```",
            _docstring(getattr(hookspecs, name)),
        ]
    return "\n\n".join(parts) + "\n"


def _events() -> str:
    parts = [
        DO_NOT_EDIT,
        "# Events",
        inspect.cleandoc(events.__doc__ or ""),
        (
            "Each has an `id`, which tells a fact told twice, and the `coalition_id` of the coalition"
            " whose fact it is. They hold ids and counts, never contact data."
        ),
    ]
    for kind in core_events():
        own = [each for each in fields(kind) if each.name not in ("id", "coalition_id")]
        rows = [
            f"| `{each.name}` | {_type(each.type)}{_default(each.default)} |" for each in own
        ]
        parts += [
            f"## `{kind.__name__}`",
            f"`{kind.name}`"
            + (" · from `coalition.sdk`" if kind.__name__ in sdk.__all__ else ""),
            _docstring(kind),
        ]
        if rows:
            parts.append("\n".join(["| field | type |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def core_events() -> list[type[events.Event]]:
    """Return the core's events, by name."""
    return [each for each in events.event_types() if each.__module__.startswith("coalition.")]


def _sdk() -> str:
    parts = [
        DO_NOT_EDIT,
        "# SDK",
        inspect.cleandoc(sdk.__doc__ or ""),
        (
            f"This is SDK {sdk.SDK_VERSION}. A plugin that needs it says `NEEDS_SDK ="
            f" {sdk.SDK_VERSION}` in its plugin module."
        ),
    ]
    for name in sdk.__all__:
        value = getattr(sdk, name)
        heading = f"## `{name}{_signature(value) if inspect.isfunction(value) else ''}`"
        parts += [heading, _docstring(value) if name not in PLAIN else PLAIN[name]]
    return "\n\n".join(parts) + "\n"


# Values without a docstring of their own.
PLAIN = {
    "REGIONS": "The states of the USA: {two letters: name}.",
    "SDK_VERSION": "The version of this SDK; raised when it loses or changes something.",
    "SMALLEST_GROUP": "How many members a group has at least that is shown to the public.",
    "hookimpl": "Mark a function of the plugin's module as the answer to the hook of its name.",
    "session": "The database session of this thread; usable inside `transaction` or `reading`.",
}


def _signature(function: object) -> str:
    text = str(inspect.signature(function))  # type: ignore[arg-type]
    text = re.sub(r"'([^']*)'", r"\1", text)
    return re.sub(r"\b(?:[a-z_]\w*\.)+(?=[A-Za-z_])", "", text)


def _docstring(value: object) -> str:
    text = inspect.getdoc(value) or ""
    assert text, f"{value!r} has no docstring"
    for heading in ("Args", "Raises", "Returns"):
        text = text.replace(f"\n{heading}:\n", f"\n**{heading}**\n\n")
    return re.sub(r"^    (\w[\w ,]*): ", r"- `\1`: ", text, flags=re.MULTILINE)


def _type(kind: object) -> str:
    return f"`{kind.__name__ if isinstance(kind, type) else str(kind)}`"


def _default(value: object) -> str:
    return "" if value is MISSING else f" = `{value!r}`"


def _stored(name: str) -> str:
    path = HERE / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
