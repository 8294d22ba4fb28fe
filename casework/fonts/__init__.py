"""Fonts for pictures and PDFs: Noto Naskh Arabic, the Latin part of Noto Sans (SIL Open Font License, see OFL.txt)."""

from pathlib import Path

_HERE = Path(__file__).parent

ARABIC = _HERE / "NotoNaskhArabic-Regular.ttf"
ARABIC_BOLD = _HERE / "NotoNaskhArabic-Bold.ttf"
LATIN = _HERE / "NotoSansLatin-Regular.ttf"
LATIN_BOLD = _HERE / "NotoSansLatin-Bold.ttf"
