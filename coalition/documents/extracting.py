"""The words of a file, read by another process, so that no file takes the worker with it."""

import json
import subprocess
import sys
from pathlib import Path

from coalition.documents.uploads import DOCX, PDF, TEXT

READABLE = frozenset({PDF, TEXT, DOCX})
MAX_SECONDS = 90
_READING = Path(__file__).with_name("reading.py")


class NotRead(Exception):
    """The words could not be read; the message is for the log, not for people."""


def texts(media_type: str, content: bytes) -> list[str]:
    """Return the text of each page or part; `[]` for a kind of file that has no words.

    Raises:
        NotRead: the file is damaged, or reading it took too much time or memory.
    """
    if media_type not in READABLE:
        return []
    try:
        done = subprocess.run(  # noqa: S603  all words are ours
            [sys.executable, "-P", str(_READING), media_type],
            input=content,
            capture_output=True,
            timeout=MAX_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise NotRead(f"not done after {MAX_SECONDS} s") from None
    except subprocess.CalledProcessError as error:
        last_words = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise NotRead(f"exit code {error.returncode}: {last_words[:200]}") from None
    read: list[str] = json.loads(done.stdout)
    return read
