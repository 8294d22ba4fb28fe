"""What the assistant asks of the catalogue: entries, titles, and lists by category or agency."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz import fuzz, process
from sqlalchemy.ext.asyncio import AsyncSession

from arabic import normalise
from catalog import repository
from catalog.models import Category, Faq, Service
from catalog.schema import FAQ_PREFIX
from catalog.words import bare

ALIKE_FROM: Final = 80.0
"""Words this much alike (0 to 100, by edit distance) are one word mistyped: «الداخلييه» for «الداخلية»."""
CATEGORY_LIMIT: Final = 1000
"""The most services that one listing holds."""

_BODIES = frozenset(
    bare(word)
    for word in normalise(
        "وزارة الوزارة هيئة مديرية دائرة محافظة جامعة مجلس صندوق بنك ديوان أمانة مكتب شعبة "
        "اتحاد محكمة محاكم بلدية سفارة"
    ).split()
)
_EMPTY = _BODIES | frozenset(
    bare(word)
    for word in normalise(
        "خدمة خدمات خدماتكم الخدمات شنو شنهي شني ما ماهي هي شكو اكو عدكم عندكم عندك اريد أريد ابي اشوف أعرف اعرف "
        "قائمة كل كلها جميع موجودة المتوفرة متوفرة الموجودة المتاحة متاحة تقدمها تقدم يقدمها مال مالت مالة التابعة "
        "تابعة تخص خاصة الخاصة بال في من عن على عبر التي اللي الي الكترونية الإلكترونية الالكترونية حكومية الحكومية "
        "اعرض اعرضلي انطيني راويني عرض لو سمحت رجاء ممكن وين هل توجد يوجد العامة عامة العراقية العراقي باب فئة قسم أور"
    ).split()
)
_PARTS = re.compile(r"\s*[/—،]\s*")


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """A category as the list of categories shows it; `services` is the number of its active services."""

    code: str
    name: str
    short_name: str
    description: str
    services: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The services of one category or agency; `services` holds pairs of code and name."""

    title: str
    kind: Literal["category", "agency"]
    code: str
    services: tuple[tuple[str, str], ...]


async def get_service(session: AsyncSession, code: str) -> Service | None:
    """The active service `code` with its category, or None."""
    return await repository.get_service(session, code)


async def get_faq(session: AsyncSession, code: str) -> Faq | None:
    """The active general question `code`, or None."""
    return await repository.get_faq(session, code)


async def titles(session: AsyncSession, codes: Sequence[str]) -> dict[str, str]:
    """Names of services and titles of FAQs, in the order of `codes`; codes without an active entry are left out."""
    faq_codes = [code for code in codes if code.startswith(FAQ_PREFIX)]
    service_codes = [code for code in codes if not code.startswith(FAQ_PREFIX)]
    found: dict[str, str] = {}
    if service_codes:
        found.update({service.code: service.name for service in await repository.get_services(session, service_codes)})
    if faq_codes:
        found.update({faq.code: faq.title for faq in await repository.get_faqs(session, faq_codes)})
    return {code: found[code] for code in codes if code in found}


async def categories(session: AsyncSession) -> list[CategoryCount]:
    """All active categories in their order."""
    return [
        CategoryCount(row.code, row.name, row.short_name or row.name, row.description, count)
        for row, count in await repository.list_categories(session)
    ]


async def list_category(session: AsyncSession, code: str) -> Listing | None:
    """The active services of the category `code`, or None if there is no such category."""
    category = await repository.get_category(session, code)
    if category is None:
        return None
    services = await repository.list_in_category(session, code, limit=CATEGORY_LIMIT)
    return Listing(category.name, "category", code, tuple((row.code, row.name) for row in services))


async def list_agency(session: AsyncSession, agency: str) -> Listing | None:
    """The active services that `agency` (one body's name as the entries write it) provides, or None if none does."""
    wanted = normalise(agency)
    codes = [
        code
        for code, names in await repository.list_agencies(session)
        if any(normalise(part) == wanted for part in _PARTS.split(names))
    ]
    if not codes:
        return None
    services = await repository.get_services(session, codes)
    return Listing(agency, "agency", agency, tuple((row.code, row.name) for row in services))


async def list_by_agency(session: AsyncSession, text: str) -> Listing | None:
    """The services of the body that a sentence names («خدمات وزارة الداخلية»), or None if it names none."""
    agency = _best_agency(_content_words(text), await repository.list_agencies(session))
    return await list_agency(session, agency) if agency else None


async def find_category(session: AsyncSession, text: str) -> Category | None:
    """The category that a sentence names («خدمات الصحة»), or None if it names none."""
    listed = [
        (
            category,
            _content_words(f"{category.name} {category.short_name}"),
            [_content_words(keyword) for keyword in category.keywords],
        )
        for category, _ in await repository.list_categories(session)
    ]
    known = frozenset[str]().union(*(names.union(*keywords) for _, names, keywords in listed))
    words = _spelled(_content_words(text), known)
    if not words:
        return None
    best, best_score = None, 0.0
    for category, names, keywords in listed:
        hits = len(words & names) + sum(bool(keyword) and keyword <= words for keyword in keywords)
        if hits > best_score:
            best, best_score = category, float(hits)
    return best


async def find_listing(session: AsyncSession, text: str) -> Listing | None:
    """The list that a sentence asks for: a body's services if it names a body by its kind, else a category's.

    Args:
        session: Only read.
        text: A line as typed.

    Returns:
        The listing, or None when the sentence names neither (all categories are meant).
    """
    if any(bare(word) in _BODIES for word in normalise(text).split()) and (
        listing := await list_by_agency(session, text)
    ):
        return listing
    if category := await find_category(session, text):
        return await list_category(session, category.code)
    return await list_by_agency(session, text)


def _content_words(text: str) -> frozenset[str]:
    return frozenset(bare(word) for word in normalise(text).split()) - _EMPTY


def _best_agency(words: frozenset[str], agencies: Sequence[tuple[str, str]]) -> str | None:
    parts = {part: _content_words(part) for _, names in agencies for part in _PARTS.split(names)}
    words = _spelled(words, frozenset[str]().union(*parts.values()))
    best, best_score = None, 0.0
    for part, names in sorted(parts.items()):
        score = len(words & names) / len(words | names) if words and names else 0.0
        if score > best_score:
            best, best_score = part, score
    return best


def _spelled(words: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """`words` with each mistyped one replaced by the known word that it is nearly the same as."""
    fixed = (process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=ALIKE_FROM) for word in words - known)
    return (words & known) | frozenset(found[0] for found in fixed if found)
