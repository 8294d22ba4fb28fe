"""Files from outside: what they are, not what they are called; nothing hidden is kept."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from casework.files.checking import LONGEST_SIDE, FileRefusedError, check
from foundation.settings import Settings

SETTINGS = Settings(_env_file=None, file_max_megabytes=1, image_max_megapixels=12)


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return out.getvalue()


def empty_png(width: int, height: int) -> bytes:
    """A few bytes that say that they are a large image."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def long_text_png() -> bytes:
    """A small image with a comment that unpacks to 70 MB."""
    comment = PngInfo()
    comment.add_itxt("comment", "A" * 70_000_000, zip=True)
    return picture("PNG", pnginfo=comment)


def with_position() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(0x8825)[2] = (33.0, 18.0, 0.0)
    return picture(exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_images_become_jpeg(kind: str) -> None:
    checked = await check(picture(kind), "وصل.png", SETTINGS)
    assert (checked.media_type, checked.name) == ("image/jpeg", "وصل.jpg")


async def test_position_is_taken_out_and_the_image_stands_upright() -> None:
    data = with_position()
    assert b"Exif" in data
    checked = await check(data, "a.jpg", SETTINGS)
    assert b"Exif" not in checked.data
    with Image.open(BytesIO(checked.data)) as image:
        assert image.size == (40, 60)
        assert not image.getexif()


async def test_a_large_image_is_made_smaller() -> None:
    checked = await check(picture(size=(3000, 1500)), "a.jpg", SETTINGS)
    with Image.open(BytesIO(checked.data)) as image:
        assert image.size == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"MZ\x90\x00" + b"\x00" * 200, "bad_type"),
        (b"#!/bin/sh\nrm -rf /\n", "bad_type"),
        (b"", "bad_type"),
        (b"GIF89a" + b"\x00" * 50, "bad_type"),
        (picture()[:200], "broken"),
        (picture("PNG", (4001, 3000)), "too_many_pixels"),
        (empty_png(12_000, 12_000), "too_many_pixels"),
        (empty_png(60_000, 60_000), "too_many_pixels"),
        (empty_png(100, 100), "broken"),
        (long_text_png(), "broken"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 300, "bad_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "bad_type"),
        (b"%PDF-1.7\n/J#61vaScript (app.alert)\n%%EOF", "bad_type"),
        (b"\x00" * (1024 * 1024 + 1), "too_large"),
        (b"%PDF-1.7\nhalf", "broken"),
        (b"%PDF-1.7\n/S /J#61vaScript\n%%EOF", "bad_type"),
        *(
            (b"%PDF-1.7\n<< /JS" + after + b"app.alert(1) >>\n%%EOF", "bad_type")
            for after in (b"\n(", b"<", b" 5 0 R", b"(", b"%c\n(")
        ),
        (b"%PDF-1.7\n/OpenAction /JavaScript (app.alert)\n%%EOF", "bad_type"),
    ],
)
async def test_what_is_refused_gets_a_sentence(data: bytes, code: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        await check(data, "a.jpg", SETTINGS)
    assert refused.value.code == code
    assert refused.value.sentence.endswith((".", "فقط."))


@pytest.mark.parametrize(
    ("name", "kept"), [("../../etc/passwd", "passwd.pdf"), ("C:\\تقرير.exe", "تقرير.pdf"), ("\u202e", "file.pdf")]
)
async def test_names_are_harmless(name: str, kept: str) -> None:
    assert (await check(b"%PDF-1.7\n1 0 obj\n%%EOF\n", name, SETTINGS)).name == kept


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
async def test_every_kind_of_image_is_read(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (50, 30)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    checked = await check(out.getvalue(), "a.png", SETTINGS)
    with Image.open(BytesIO(checked.data)) as image:
        assert (image.mode, image.size) == ("RGB", (50, 30))


async def test_what_was_transparent_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    checked = await check(out.getvalue(), "a.png", SETTINGS)
    with Image.open(BytesIO(checked.data)) as image:
        assert image.getpixel((10, 10)) == (255, 255, 255)


async def test_a_palette_image_with_a_turn_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    Image.new("P", (60, 40)).save(out, "PNG", exif=exif)
    checked = await check(out.getvalue(), "a.png", SETTINGS)
    with Image.open(BytesIO(checked.data)) as image:
        assert image.size == (40, 60)


async def test_what_follows_an_image_is_not_kept() -> None:
    checked = await check(picture() + b"PK\x03\x04 a program", "a.jpg", SETTINGS)
    assert b"a program" not in checked.data


async def test_an_ordinary_document_with_a_first_page_is_taken() -> None:
    data = b"%PDF-1.7\n1 0 obj\n<< /OpenAction [3 0 R /XYZ null null 0] >>\nendobj\n%%EOF\n"
    assert (await check(data, "a.pdf", SETTINGS)).data == data
