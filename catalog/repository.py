"""All SQL of the catalogue except the search's own reading (`catalog/search/source.py`)."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from catalog.models import Category, Faq, FaqPhrase, Service, ServicePhrase

PhraseTable = type[ServicePhrase] | type[FaqPhrase]


async def get_service(session: AsyncSession, code: str) -> Service | None:
    """An active service with its category."""
    return await session.scalar(
        select(Service).options(joinedload(Service.category)).where(Service.code == code, Service.active)
    )


async def get_services(session: AsyncSession, codes: Sequence[str]) -> list[Service]:
    """The active services among `codes`, in the order of `codes`, each with its category."""
    found = await session.scalars(
        select(Service).options(joinedload(Service.category)).where(Service.code.in_(codes), Service.active)
    )
    by_code = {service.code: service for service in found}
    return [by_code[code] for code in codes if code in by_code]


async def get_faq(session: AsyncSession, code: str) -> Faq | None:
    """An active general question."""
    return await session.scalar(select(Faq).where(Faq.code == code, Faq.active))


async def get_faqs(session: AsyncSession, codes: Sequence[str]) -> list[Faq]:
    """The active general questions among `codes`, in the order of `codes`."""
    by_code = {faq.code: faq for faq in await session.scalars(select(Faq).where(Faq.code.in_(codes), Faq.active))}
    return [by_code[code] for code in codes if code in by_code]


async def list_categories(session: AsyncSession) -> list[tuple[Category, int]]:
    """The active categories in their order, each with the number of its active services."""
    rows = await session.execute(
        select(Category, func.count(Service.code))
        .outerjoin(Service, (Service.category_code == Category.code) & Service.active)
        .where(Category.active)
        .group_by(Category.code)
        .order_by(Category.position, Category.code)
    )
    return [(category, count) for category, count in rows]


async def get_category(session: AsyncSession, code: str) -> Category | None:
    """An active category."""
    return await session.scalar(select(Category).where(Category.code == code, Category.active))


async def list_in_category(session: AsyncSession, code: str, *, limit: int, offset: int = 0) -> list[Service]:
    """One page of a category's active services, by code."""
    return list(
        await session.scalars(
            select(Service)
            .where(Service.category_code == code, Service.active)
            .order_by(Service.code)
            .limit(limit)
            .offset(offset)
        )
    )


async def list_agencies(session: AsyncSession) -> list[tuple[str, str]]:
    """Pairs (service code, agency) of the active services whose agency is known, by code."""
    rows = await session.execute(
        select(Service.code, Service.agency).where(Service.active, Service.agency != "").order_by(Service.code)
    )
    return [(code, agency) for code, agency in rows]


async def all_categories(session: AsyncSession) -> list[Category]:
    """Every category, inactive ones too."""
    return list(await session.scalars(select(Category).order_by(Category.position, Category.code)))


async def all_services(session: AsyncSession) -> list[Service]:
    """Every service with its phrases, inactive ones too."""
    return list(await session.scalars(select(Service).options(selectinload(Service.phrases)).order_by(Service.code)))


async def all_faqs(session: AsyncSession) -> list[Faq]:
    """Every general question with its phrases, inactive ones too."""
    return list(await session.scalars(select(Faq).options(selectinload(Faq.phrases)).order_by(Faq.code)))


async def replace_phrases(
    session: AsyncSession, table: PhraseTable, *, remove: Sequence[int], add: Sequence[dict[str, str]]
) -> None:
    """Remove phrases by id and add others, in one statement each; loaded entries must be refreshed to see it."""
    if remove:
        await session.execute(
            delete(table).where(table.id.in_(remove)), execution_options={"synchronize_session": False}
        )
    if add:
        await session.execute(insert(table), add)
