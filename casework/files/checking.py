"""What comes in from outside is what it says it is, holds nothing hidden, and is no larger than it needs to be."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from PIL import Image, ImageOps, UnidentifiedImageError

from arabic import strip_controls
from casework.files.models import NAME_MAX_CHARS
from foundation.settings import Settings

IMAGE_FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 2000
"""Pixels; enough to read a receipt on a photo."""
JPEG_QUALITY = 85
MEGABYTE = 1024 * 1024
_PDF_BEGINS, _PDF_ENDS = b"%PDF-", b"%%EOF"
_PDF_END_WITHIN = 2048
# What PDF readers run or unpack. Inside a compressed part it is not seen: files are given out for saving, never opened
# by us. After /JS only what may follow it: by chance these three bytes alone are in every large picture.
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia|XFA|JS(?=[(<%]|[\0\t\n\f\r ]+[(<%\d]))")
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
IMAGES_AT_ONCE = 2
"""An image of 50 megapixels takes 200 MB while it is made smaller."""
_POOL = ThreadPoolExecutor(IMAGES_AT_ONCE, thread_name_prefix="images")


class FileRefusedError(ValueError):
    """A file that is not taken. `sentence` tells the citizen why and what would do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept."""

    data: bytes
    name: str
    media_type: str


async def check(data: bytes, name: str, settings: Settings) -> Checked:
    """Checks a file by its content; an image comes back smaller, upright and without its hidden data.

    Args:
        data: The whole file.
        name: What its sender calls it.
        settings: The limits.

    Raises:
        FileRefusedError: too_large, bad_type, broken or too_many_pixels.
    """
    if len(data) > settings.file_max_megabytes * MEGABYTE:
        raise too_large(settings)
    if data.startswith(_PDF_BEGINS):
        return Checked(_pdf(data), _named(name, ".pdf"), "application/pdf")
    work = asyncio.get_running_loop().run_in_executor(_POOL, _image, data, settings.image_max_megapixels * 1_000_000)
    image = await work
    return Checked(image, _named(name, ".jpg"), "image/jpeg")


def too_large(settings: Settings) -> FileRefusedError:
    """The refusal of a file beyond the limit."""
    limit = settings.file_max_megabytes
    return FileRefusedError(
        "too_large", f"الملف كبير. أستلم حتى {limit} ميغابايت. أرسل صورة أصغر، أو اضغط «تم» لتكمل بدونه."
    )


def _image(data: bytes, max_pixels: int) -> bytes:
    try:
        with Image.open(BytesIO(data), formats=IMAGE_FORMATS) as image:
            if image.width * image.height > max_pixels:
                raise _too_many_pixels()
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(_smaller(image))
    except UnidentifiedImageError as error:
        raise FileRefusedError(
            "bad_type", "هذا ليس صورة ولا ملف PDF. أستلم الصور (JPG وPNG وWEBP) وملفات PDF فقط."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError) as error:
        if isinstance(error, FileRefusedError):
            raise
        raise FileRefusedError("broken", "الصورة تالفة ولا تُفتح. أرسلها مرة ثانية.") from error
    out = BytesIO()
    # Written anew from the pixels alone: position, device and whatever else was hidden in the file are gone.
    _on_white(upright).save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()


def _too_many_pixels() -> FileRefusedError:
    return FileRefusedError("too_many_pixels", "أبعاد الصورة كبيرة جداً. أرسل صورة أصغر.")


def _smaller(image: Image.Image) -> Image.Image:
    """Made smaller before anything else, so that there is never a second large copy in memory."""
    image.load()
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image


def _on_white(image: Image.Image) -> Image.Image:
    """What was transparent is white, as on the screen on which it was drawn."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _pdf(data: bytes) -> bytes:
    if _PDF_ENDS not in data[-_PDF_END_WITHIN:]:
        raise FileRefusedError("broken", "ملف PDF غير كامل. أرسله مرة ثانية.")
    plain = _PDF_ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), data)
    if _PDF_ACTIVE.search(plain):
        raise FileRefusedError("bad_type", "ملف PDF هذا يحوي برنامجاً أو ملفات أخرى، فلا أستلمه. أرسل صورة بدلاً منه.")
    return data


def _named(name: str, suffix: str) -> str:
    stem = PurePosixPath(strip_controls(name).replace("\\", "/")).stem.strip(". ")
    return (stem or "file")[: NAME_MAX_CHARS - len(suffix)] + suffix
