"""The receipt as a picture."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from casework.cases.models import Kind
from casework.cases.receipt import MAX_BYTES, WIDTH, _pieces, _Style, picture
from casework.cases.wording import KINDS
from casework.places.atlas import governorates, label

DAY = date(2026, 11, 23)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_fits_an_old_phone(kind: Kind) -> None:
    data = picture(
        "1234567890",
        KINDS[kind],
        "الغدير، بغداد",
        DAY,
        due=date(2026, 11, 26),
        suggestion=kind is Kind.SUGGESTION,
        sample=True,
    )
    assert len(data) <= MAX_BYTES
    with Image.open(BytesIO(data)) as image:
        image.load()
        assert image.format == "PNG"
        assert image.width == WIDTH
        assert not image.info.get("exif")


def test_the_longest_place_stays_inside() -> None:
    longest = max((label(one.code, each.code) for one in governorates() for each in one.districts), key=len)
    with Image.open(BytesIO(picture("1234567890", "نقص في الحصة", longest, DAY))) as image:
        edge = image.convert("RGB").crop((0, 100, 20, image.height))
        assert edge.getcolors() == [(edge.width * edge.height, (255, 255, 255))]


def test_arabic_is_joined_and_mirrored() -> None:
    shown = "".join(piece for piece, _ in _pieces("حي الجهاد (الكرخ)", _Style(20)))
    assert shown.startswith("(")
    assert shown.index("(") < shown.index(")")
    assert not any("\u0621" <= letter <= "\u064a" for letter in shown)


def test_the_number_stays_as_it_is() -> None:
    assert [piece for piece, _ in _pieces("R-123-456-7890", _Style(20))] == ["R-123-456-7890"]
