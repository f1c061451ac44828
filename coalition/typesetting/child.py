"""Typeset in a process of its own: `python child.py < order.json > page`.

typst keeps what it has laid out in memory for good, about 330 MB for ten thousand names, and
a text made to be hard must not take the web process with it. So this file is run, never
imported by the product, and imports nothing of it.
"""

import json
import sys
from typing import Any

import typst

MAX_MEMORY_BYTES = 2 * 1024**3  # of address space; 10,000 names take about a quarter
_MISSING_GLYPH = "could not be displayed"


def typeset(order: dict[str, Any]) -> bytes:
    """Set `order["template"]`, which reads `order["inputs"]`, and return the file.

    The other keys are typst's: `format`, `timestamp` (Unix seconds), `ppi`, `pdf_standards`.
    PDF/UA-1 is dropped where no font on this machine has one of the characters: the standard
    forbids missing glyphs, so that file is tagged but claims nothing.
    """
    # typst's own fonts first; the machine's for the scripts that those lack.
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
    standards = order.pop("pdf_standards", [])

    def compiled(standards: list[Any]) -> object:
        compiler = typst.Compiler(
            order["template"].encode(), font_paths=fonts, sys_inputs=order["inputs"]
        )
        wanted = {key: order[key] for key in ("format", "timestamp", "ppi") if key in order}
        return compiler.compile(**wanted, pdf_standards=standards)

    try:
        made = compiled(standards)
    except typst.TypstError as error:
        if not standards or _MISSING_GLYPH not in str(error):
            raise
        made = compiled([])
    assert isinstance(made, bytes)
    return made


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource  # not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


if __name__ == "__main__":
    _limit_memory()
    sys.stdout.buffer.write(typeset(json.load(sys.stdin.buffer)))
