"""Reading codes as a verifier does: from a picture, or from a page as a printer or a phone shows it."""

import io

import pypdfium2
import zxingcpp
from PIL import Image

DOTS_PER_INCH = 150


def code_in(data: bytes) -> str:
    """The text of the one code in a picture or on the one page of a PDF."""
    picture = rendered(data) if data.startswith(b"%PDF") else Image.open(io.BytesIO(data)).convert("L")
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def rendered(pdf: bytes, dots_per_inch: int = DOTS_PER_INCH) -> Image.Image:
    """The only page of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert len(document) == 1
        page: Image.Image = document[0].render(scale=dots_per_inch / 72, grayscale=True).to_pil()
        return page
    finally:
        document.close()


def texts(pdf: bytes) -> str:
    """The text of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        said: str = document[0].get_textpage().get_text_range()
        return said
    finally:
        document.close()
