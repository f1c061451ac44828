"""Typeset one letter in a process of its own: `python typesetting.py < letter.json > letter.pdf`.

typst keeps what it has laid out in memory for good, about 330 MB for ten thousand names, and
a text made to be hard must not take the web process with it. So this file is run, never
imported by the product, and imports nothing of it.
"""

import json
import sys
from pathlib import Path
from typing import Any

import typst

MAX_MEMORY_BYTES = 2 * 1024**3  # of address space; 10,000 names take about a quarter
_TEMPLATE = Path(__file__).with_name("letter.typ")
_MISSING_GLYPH = "could not be displayed"


def typeset(letter: dict[str, Any], *, timestamp: int) -> bytes:
    """Print `letter`, as `letter.typ` reads it, dated `timestamp` (Unix seconds).

    The result is PDF/UA-1, except where no font on this machine has one of the characters:
    the standard forbids missing glyphs, so that letter is tagged but claims nothing.
    """
    inputs = {"letter": json.dumps(letter, ensure_ascii=False)}
    # typst's own fonts first; the machine's for the scripts that those lack.
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)

    def compiled(standards: list[Any]) -> object:
        compiler = typst.Compiler(_TEMPLATE.read_bytes(), font_paths=fonts, sys_inputs=inputs)
        return compiler.compile(format="pdf", pdf_standards=standards, timestamp=timestamp)

    try:
        pdf = compiled(["ua-1"])
    except typst.TypstError as error:
        if _MISSING_GLYPH not in str(error):
            raise
        pdf = compiled([])
    assert isinstance(pdf, bytes)
    return pdf


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource  # not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


if __name__ == "__main__":
    _limit_memory()
    order = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(typeset(order["letter"], timestamp=order["timestamp"]))
