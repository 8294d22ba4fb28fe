"""Brings the content files into the database, and back. Loading twice changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import repository
from catalog.models import Category, Faq, FaqPhrase, Origin, PhraseKind, Service, ServicePhrase
from catalog.schema import CategoryContent, Content, FaqContent, ServiceContent
from foundation.clock import Clock

PHRASE_FIELDS = {
    PhraseKind.ALIAS: "aliases",
    PhraseKind.QUESTION: "questions",
    PhraseKind.SITUATION: "situations",
}
SERVICE_FIELDS = [
    "name",
    "agency",
    "description",
    "audience",
    "eligibility",
    "documents",
    "steps",
    "fee",
    "duration",
    "channel",
    "url",
    "contact",
    "confidence",
    "sources",
    "verified_on",
    "caveat",
    "inferred_fields",
]
FAQ_FIELDS = ["title", "answer", "url", "contact", "confidence", "sources", "verified_on", "caveat"]
_CATEGORY_FIELDS = ["name", "short_name", "description", "position", "keywords"]

Row = Category | Service | Faq


def assign(row: Row, values: dict[str, Any]) -> bool:
    """Set what differs; True if anything did."""
    changed = False
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def phrase_changes(row: Service | Faq, content: ServiceContent | FaqContent) -> tuple[list[dict[str, str]], list[int]]:
    """The phrases to add, as column values, and the ids of those to remove."""
    wanted = {(kind.value, text): None for kind, field in PHRASE_FIELDS.items() for text in getattr(content, field)}
    present = {(phrase.kind, phrase.text): phrase.id for phrase in row.phrases}
    owner = "service_code" if isinstance(row, Service) else "faq_code"
    missing = [{owner: row.code, "kind": kind, "text": text} for kind, text in wanted if (kind, text) not in present]
    return missing, [ident for pair, ident in present.items() if pair not in wanted]


def values_of(content: CategoryContent | ServiceContent | FaqContent) -> dict[str, Any]:
    """The columns of an entry."""
    match content:
        case CategoryContent():
            fields = _CATEGORY_FIELDS
        case ServiceContent():
            fields = SERVICE_FIELDS
        case FaqContent():
            fields = FAQ_FIELDS
    values = {field: getattr(content, field) for field in fields}
    if "confidence" in values:
        values["confidence"] = values["confidence"].value
    if isinstance(content, ServiceContent):
        values["category_code"] = content.category
    return values


async def load(session: AsyncSession, content: Content, clock: Clock) -> Counter[str]:
    """Bring a content directory's entries into the database.

    Rows whose origin is an editor are left as they are. Rows that came from files and are in them no more are
    deactivated, never deleted. A row that differs in nothing keeps its `updated_at`.

    Args:
        session: Its transaction is the caller's to commit.
        content: Checked entries (`catalog.schema.read_content`).
        clock: Dates the rows that are added or changed.

    Returns:
        How many rows were `added`, `updated`, `unchanged`, `deactivated`, and `kept` because an editor owns them.
    """
    done: Counter[str] = Counter()
    now = clock()
    missing: dict[repository.PhraseTable, list[dict[str, str]]] = {ServicePhrase: [], FaqPhrase: []}
    surplus: dict[repository.PhraseTable, list[int]] = {ServicePhrase: [], FaqPhrase: []}

    def merge(
        rows: Iterable[Row],
        entries: Iterable[CategoryContent | ServiceContent | FaqContent],
        make: Callable[[str], Row],
    ) -> None:
        present = {row.code: row for row in rows}
        wanted = set()
        for entry in entries:
            wanted.add(entry.code)
            row = present.get(entry.code)
            if row is not None and row.origin != Origin.CONTENT:
                done["kept"] += 1
                continue
            added = row is None
            if row is None:
                row = make(entry.code)
                session.add(row)
            changed = assign(row, {**values_of(entry), "active": True})
            if not isinstance(row, Category) and not isinstance(entry, CategoryContent):
                table = ServicePhrase if isinstance(row, Service) else FaqPhrase
                to_add, to_remove = phrase_changes(row, entry)
                missing[table] += to_add
                surplus[table] += to_remove
                changed = changed or bool(to_add or to_remove)
            if changed:
                row.updated_at = now
            done["added" if added else "updated" if changed else "unchanged"] += 1
        for row in present.values():
            if row.code not in wanted and row.origin == Origin.CONTENT and row.active:
                row.active, row.updated_at = False, now
                done["deactivated"] += 1

    owned = {"origin": Origin.CONTENT.value, "created_at": now}
    merge(await repository.all_categories(session), content.categories, lambda code: Category(code=code, **owned))
    merge(
        await repository.all_services(session), content.services, lambda code: Service(code=code, phrases=[], **owned)
    )
    merge(await repository.all_faqs(session), content.faqs, lambda code: Faq(code=code, phrases=[], **owned))
    await session.flush()
    for table in missing:
        await repository.replace_phrases(session, table, remove=surplus[table], add=missing[table])
    session.expire_all()
    return done


class _Dumper(yaml.SafeDumper):
    """Keeps the fields' order and writes Arabic as it is read."""


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")


def _phrases(row: Service | Faq) -> dict[str, list[str]]:
    return {
        field: [phrase.text for phrase in row.phrases if phrase.kind == kind] for kind, field in PHRASE_FIELDS.items()
    }


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


async def export(session: AsyncSession, directory: Path) -> int:
    """Write all active entries as content files that `load` reads back unchanged.

    Args:
        session: Only read.
        directory: Made if missing; files of the same names are replaced.

    Returns:
        The number of services and FAQs written.
    """
    categories = [category for category in await repository.all_categories(session) if category.active]
    services = [service for service in await repository.all_services(session) if service.active]
    faqs = [faq for faq in await repository.all_faqs(session) if faq.active]
    _write(
        directory / "categories.yml",
        [
            {
                "code": row.code,
                "name": row.name,
                "short_name": row.short_name,
                "description": row.description,
                "order": row.position,
                "keywords": row.keywords,
            }
            for row in categories
        ],
    )
    for service in services:
        fields = {field: getattr(service, field) for field in SERVICE_FIELDS}
        name = fields.pop("name")
        head = {"code": service.code, "category": service.category_code, "name": name, **_phrases(service)}
        _write(
            directory / "services" / f"{service.code}.yml",
            {**head, **fields, "verified_on": _day(service.verified_on)},
        )
    for faq in faqs:
        fields = {field: getattr(faq, field) for field in FAQ_FIELDS}
        head = {"code": faq.code, "title": fields.pop("title"), **_phrases(faq)}
        _write(directory / "faqs" / f"{faq.code}.yml", {**head, **fields, "verified_on": _day(faq.verified_on)})
    return len(services) + len(faqs)
