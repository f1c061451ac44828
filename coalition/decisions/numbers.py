"""Printed numbers of agenda items: "A-1", "a1" and "Item A.1" are the same one."""

import re
import unicodedata

MAX_NUMBER_CHARS = 30
_BEFORE = ("agenda", "item", "no", "nr", "number", "punto", "numero", "número")
_WORDS = re.compile(rf"(?:(?:{'|'.join(_BEFORE)})\b[\s.:#№\-]*)+(?=\w)", re.IGNORECASE)


def clean_number(text: str) -> str:
    """Return a number as it is shown: without "Item" or "No." before it."""
    tidy = " ".join(text[:200].split())
    return _WORDS.sub("", tidy, count=1) if _WORDS.match(tidy) else tidy


def number_key(text: str) -> str:
    """Return what two spellings of one number have in common; "" if there is nothing to read.

    Letters and digits count, the marks between them do not, unless they keep two numbers or
    two words apart: "1.1" is not "11".
    """
    # Twice, because folding case can undo the normal form.
    folded = unicodedata.normalize("NFKC", clean_number(text))
    folded = unicodedata.normalize("NFKC", folded.casefold())
    runs = [_plain(run) for run in re.findall(r"[^\W\d_]+|\d+", folded)]
    while len(runs) > 1 and runs[0] in _BEFORE:  # with a mark behind it that is not shown so
        runs.pop(0)
    key = ""
    for run in runs:
        same_sort = bool(key) and key[-1].isdecimal() == run[0].isdecimal()
        key += f".{run}" if same_sort else run
    return key


def _plain(run: str) -> str:
    return str(int(run)) if run.isdecimal() else run
