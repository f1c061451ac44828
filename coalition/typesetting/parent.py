"""Ordering a file from typst: the template is ours, what people wrote goes in as data."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

MAX_SECONDS = 60  # 10,000 names take about two
_CHILD = Path(__file__).with_name("child.py")
_PICTURE = (
    "#set page(width: auto, height: auto, margin: 0pt)\n"
    '#image(bytes(sys.inputs.svg), format: "svg")'
)


class NotTypeset(RuntimeError):
    """The file could not be made; the message is for the log, not for people."""


def to_pdf(template: str, inputs: Mapping[str, str], *, timestamp: int) -> bytes:
    """Set `template`, Typst source of ours, as PDF/UA-1 dated `timestamp` (Unix seconds).

    Raises:
        NotTypeset: it took more than `MAX_SECONDS`, or more memory than it may.
    """
    order = {"format": "pdf", "pdf_standards": ["ua-1"], "timestamp": timestamp}
    return _made({"template": template, "inputs": dict(inputs), **order})


def to_png(svg: str) -> bytes:
    """Paint an SVG drawing of ours as PNG, two pixels for each of its units.

    Raises:
        NotTypeset: it took more than `MAX_SECONDS`, or more memory than it may.
    """
    # An inch has 96 units of a drawing (CSS Values and Units, 6.2).
    return _made({"template": _PICTURE, "inputs": {"svg": svg}, "format": "png", "ppi": 192})


def _made(order: Mapping[str, object]) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  both words are ours
            [_python(), "-P", str(_CHILD)],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=MAX_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise NotTypeset(f"not done after {MAX_SECONDS} s") from None
    except subprocess.CalledProcessError as error:
        last_words = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise NotTypeset(f"exit code {error.returncode}: {last_words}") from None
    return done.stdout


def _python() -> str:
    """Name the interpreter; a server that embeds Python puts its own name there."""
    if Path(sys.executable).name.startswith("python"):
        return sys.executable
    return str(Path(sys.prefix) / "bin" / "python3")
