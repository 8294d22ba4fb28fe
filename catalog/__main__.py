"""`python -m catalog load|check|export|search`: the catalogue's content files, the database, the search by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import loader, service
from catalog.schema import Content, ContentError, read_content
from foundation.clock import in_baghdad, utc_now
from foundation.database import make_engine, make_session_factory, transaction
from foundation.settings import ROOT, get_settings

CONTENT = ROOT / "catalog" / "content"

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The catalogue's content files and the database.")
Directory = Annotated[Path, typer.Argument(help="Directory with categories.yml, services/ and faqs/.")]
T = TypeVar("T")


def _fail(message: str) -> typer.Exit:
    typer.echo(f"catalog: {message}", err=True)
    return typer.Exit(1)


def _read(directory: Path) -> Content:
    try:
        return read_content(directory, in_baghdad(utc_now()).date())
    except (ContentError, OSError) as error:
        raise _fail(str(error)) from error


def _in_database(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def run() -> T:
        engine = make_engine(get_settings().database_url)
        try:
            async with transaction(make_session_factory(engine)) as session:
                return await work(session)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(run())
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise _fail(f"the database refused: {reason} (is it migrated? see `make run`)") from error


@app.command()
def check(directory: Directory = CONTENT) -> None:
    """Check the content files; change nothing."""
    content = _read(directory)
    typer.echo(
        f"content ok: {len(content.categories)} categories, {len(content.services)} services, {len(content.faqs)} FAQs"
    )


@app.command()
def load(directory: Directory = CONTENT) -> None:
    """Bring the content files into the database; a second run changes nothing."""
    content = _read(directory)
    done = _in_database(lambda session: loader.load(session, content, utc_now))
    counts = ", ".join(f"{done[word]} {word}" for word in ("added", "updated", "unchanged", "deactivated"))
    typer.echo(f"catalogue loaded: {counts}, {done['kept']} left to their editors")


@app.command()
def export(directory: Annotated[Path, typer.Argument(help="Where to write the files.")]) -> None:
    """Write the database's active entries as content files."""
    count = _in_database(lambda session: loader.export(session, directory))
    typer.echo(f"{count} entries written to {directory}")


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="A line as a citizen types it.")],
    limit: Annotated[int, typer.Option(min=1, help="The most hits to show.")] = 5,
) -> None:
    """Show what the search makes of a line: the verdict, then a hit a line with its probability."""
    # The search needs numpy and scipy, whose import takes longer than loading the catalogue.
    from catalog.search import SearchIndex, SearchResult
    from catalog.search.source import read_texts

    async def run(session: AsyncSession) -> tuple[SearchResult, dict[str, str]]:
        found = SearchIndex.build(await read_texts(session)).search(text, limit)
        return found, await service.titles(session, [hit.code for hit in found.hits])

    found, titles = _in_database(run)
    typer.echo(found.verdict if found.names_something else f"{found.verdict} (names nothing)")
    for hit in found.hits:
        typer.echo(f"{hit.score:6.3f}  {hit.code}  {titles.get(hit.code, '')}")


if __name__ == "__main__":
    app()
