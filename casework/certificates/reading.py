"""The text of a QR code in a picture that a stranger sent: bounded in pixels before anything is decoded."""

from io import BytesIO

import zxingcpp
from PIL import Image, UnidentifiedImageError

from casework.certificates.codec import PREFIX

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
MAX_PIXELS = 16_000_000
MAX_JPEG_PIXELS = 50_000_000
"""A JPEG is decoded at a fraction of its size, so the photo of a good phone may be larger. At either limit the worst
picture (progressive JPEG, WebP with transparency) takes some 300 MB while it is decoded."""
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_SIDES = (1600, 3000)
"""Pixels of the longer side at which the code is looked for, one after the other."""


class UnreadableError(Exception):
    """Not a picture, or one that is too large."""


def read_code(data: bytes) -> str | None:
    """The text of the code in a picture (of several codes, the certificate); None if it shows none.

    Raises:
        UnreadableError: See there.
    """
    try:
        picture = _opened(data)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
        ArithmeticError,
    ) as error:
        raise UnreadableError from error
    for side in _SIDES:
        smaller = picture
        if max(picture.size) > side:
            smaller = picture.copy()
            smaller.thumbnail((side, side))
        found = [code.text for code in zxingcpp.read_barcodes(smaller, formats=_QR)]
        if found:
            return next((text for text in found if text.startswith(PREFIX)), found[0])
        if smaller is picture:
            break
    return None


def _opened(data: bytes) -> Image.Image:
    picture: Image.Image = Image.open(BytesIO(data), formats=FORMATS)
    width, height = picture.size
    if width * height > (MAX_JPEG_PIXELS if picture.format == "JPEG" else MAX_PIXELS):
        raise UnreadableError
    picture.draft("L", (_SIDES[-1] // 2, _SIDES[-1] // 2))
    return picture.convert("L")
