"""Pictures that may stand beside an organization's name: their kind and size from their bytes.

SVG is refused, because it can carry scripts. Nothing is re-encoded: pages serve a logo with its
checked type and `nosniff`, so that no browser takes it for anything else.
"""

import struct

from coalition.errors import N_
from coalition.organizations.errors import LogoRefused

MAX_LOGO_BYTES = 200 * 1024
MIN_SIDE, MAX_SIDE = 16, 2000  # pixels

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAME_STARTS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def media_type_of(picture: bytes) -> str:
    """Return "image/png" or "image/jpeg" after checking kind, weight and sides.

    Raises:
        LogoRefused: it is something else, too heavy, too small or too large.
    """
    if len(picture) > MAX_LOGO_BYTES:
        raise _refused(N_("The picture is larger than 200 kB. Save it smaller."))
    if picture.startswith(_PNG):
        media_type, sides = "image/png", _png_sides(picture)
    elif picture.startswith(_JPEG):
        media_type, sides = "image/jpeg", _jpeg_sides(picture)
    else:
        raise _refused(N_("The file is neither a PNG nor a JPEG picture."))
    if sides is None:
        raise _refused(N_("The picture is damaged. Save it anew."))
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in sides):
        raise _refused(N_("The picture must be 16 to 2000 pixels wide and high."))
    return media_type


def _png_sides(picture: bytes) -> tuple[int, int] | None:
    if len(picture) < 33 or picture[12:16] != b"IHDR" or b"IEND" not in picture[-16:]:
        return None
    width, height = struct.unpack_from(">II", picture, 16)
    return width, height


def _jpeg_sides(picture: bytes) -> tuple[int, int] | None:
    """Walk from marker to marker to the start of the frame, which holds height and width."""
    at = 2
    while at + 9 <= len(picture):
        if picture[at] != 0xFF:
            return None
        marker = picture[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker in _FRAME_STARTS:
            height, width = struct.unpack_from(">HH", picture, at + 5)
            return width, height
        if marker == 0xDA:  # the picture itself begins without a frame
            return None
        at += 2 + struct.unpack_from(">H", picture, at + 2)[0]
    return None


def _refused(reason: str) -> LogoRefused:
    return LogoRefused(field="logo", reason=reason)
