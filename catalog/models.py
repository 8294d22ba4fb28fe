"""Tables of the catalogue. Columns that may be left out have server defaults, so that plain SQL can add a row."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint, func, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.clock import utc_now
from foundation.database import Base, UtcDateTime

CODE_MAX_CHARS = 64


class Origin(StrEnum):
    """Who owns a row: the files under `catalog/content`, or an editor. The loader never touches an editor's row."""

    CONTENT = "content"
    EDITOR = "editor"


class Confidence(StrEnum):
    """How far an entry's facts are verified."""

    SOURCED = "sourced"
    PARTLY = "partly"
    NAME_ONLY = "name-only"
    ILLUSTRATIVE = "illustrative"


class PhraseKind(StrEnum):
    """What a phrase of an entry is: another name, a way to ask for it, a situation that calls for it."""

    ALIAS = "alias"
    QUESTION = "question"
    SITUATION = "situation"


class _Row:
    """Columns that every owned row has."""

    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    origin: Mapped[str] = mapped_column(String(16), default=Origin.EDITOR.value, server_default=Origin.EDITOR.value)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(
        UtcDateTime, default=utc_now, server_default=func.now(), onupdate=utc_now, index=True
    )


def _text() -> Mapped[str]:
    return mapped_column(Text, default="", server_default="")


def _list() -> Mapped[list[str]]:
    return mapped_column(JSON, default=list, server_default=text("'[]'"))


class Category(_Row, Base):
    """One of the ten categories of the Ur portal."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(String(CODE_MAX_CHARS), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    short_name: Mapped[str] = _text()
    description: Mapped[str] = _text()
    keywords: Mapped[list[str]] = _list()
    position: Mapped[int] = mapped_column(default=0, server_default="0")


class Service(_Row, Base):
    """One e-service. An empty field is unknown, never "free" or "none"."""

    __tablename__ = "services"

    code: Mapped[str] = mapped_column(String(CODE_MAX_CHARS), primary_key=True)
    category_code: Mapped[str] = mapped_column(ForeignKey("categories.code"), index=True)
    name: Mapped[str] = mapped_column(Text)
    agency: Mapped[str] = _text()
    description: Mapped[str] = _text()
    audience: Mapped[str] = _text()
    eligibility: Mapped[list[str]] = _list()
    documents: Mapped[list[str]] = _list()
    steps: Mapped[list[str]] = _list()
    fee: Mapped[str] = _text()
    duration: Mapped[str] = _text()
    channel: Mapped[str] = _text()
    url: Mapped[str] = _text()
    contact: Mapped[str] = _text()
    confidence: Mapped[str] = mapped_column(
        String(16), default=Confidence.NAME_ONLY.value, server_default=Confidence.NAME_ONLY.value
    )
    sources: Mapped[list[str]] = _list()
    verified_on: Mapped[date | None] = mapped_column(default=None)
    caveat: Mapped[str] = _text()
    inferred_fields: Mapped[list[str]] = _list()

    category: Mapped[Category] = relationship(lazy="raise")
    phrases: Mapped[list["ServicePhrase"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True, order_by="ServicePhrase.id"
    )


class Faq(_Row, Base):
    """One general question (registering on Ur, the code that does not come, paying, ...) with its answer."""

    __tablename__ = "faqs"

    code: Mapped[str] = mapped_column(String(CODE_MAX_CHARS), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = _text()
    contact: Mapped[str] = _text()
    confidence: Mapped[str] = mapped_column(
        String(16), default=Confidence.NAME_ONLY.value, server_default=Confidence.NAME_ONLY.value
    )
    sources: Mapped[list[str]] = _list()
    verified_on: Mapped[date | None] = mapped_column(default=None)
    caveat: Mapped[str] = _text()

    phrases: Mapped[list["FaqPhrase"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True, order_by="FaqPhrase.id"
    )


class ServicePhrase(Base):
    """A text by which citizens mean a service."""

    __tablename__ = "service_phrases"
    __table_args__ = (UniqueConstraint("service_code", "kind", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_code: Mapped[str] = mapped_column(ForeignKey("services.code", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)


class FaqPhrase(Base):
    """A text by which citizens mean a general question."""

    __tablename__ = "faq_phrases"
    __table_args__ = (UniqueConstraint("faq_code", "kind", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    faq_code: Mapped[str] = mapped_column(ForeignKey("faqs.code", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)


class Revision(Base):
    """How often the catalogue was changed: the sum of all slots. Triggers count, so that plain SQL counts too."""

    __tablename__ = "catalogue_revision"

    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Who changes at once writes to different ones (migration 0022)."""
    number: Mapped[int] = mapped_column(BigInteger)
