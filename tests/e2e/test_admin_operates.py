"""An administrator switches answers off and on, and deletes what is old, while the whole product runs."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from foundation.settings import ROOT
from operations.switches.models import Capability
from operations.switches.sentences import SENTENCES
from tests.e2e.conftest import Citizen, Product

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

FOLLOWED_AFTER_SECONDS = 2.0
QUESTION, SERVICE = "شكد رسوم البطاقة الوطنية", "البطاقة الوطنية"


def admin(product: Product, *arguments: str) -> str:
    """Runs `python -m bot.admin` as an administrator does; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.admin", *arguments],
        cwd=ROOT,
        env=product.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(params=["service_answers", "everything"])
def off(request: pytest.FixtureRequest, product: Product) -> Iterator[str]:
    """A capability that is switched off, and on again after the test."""
    capability: str = request.param
    admin(product, "switch", "off", capability, "--reason", "test", "--by", "Zainab")
    time.sleep(FOLLOWED_AFTER_SECONDS)
    yield capability
    admin(product, "switch", "on", capability, "--reason", "test is over", "--by", "Zainab")
    time.sleep(FOLLOWED_AFTER_SECONDS)


def test_citizens_are_told_what_is_off(citizen: Citizen, off: str) -> None:
    sentence = SENTENCES[Capability(off)]
    assert citizen.says(QUESTION) == sentence
    assert (citizen.says("مرحبا") == sentence) is (off == "everything")


def test_after_the_switches_all_is_as_before(citizen: Citizen) -> None:
    assert SERVICE in citizen.says(QUESTION)


def test_a_silent_conversation_goes_from_the_engine_too(citizen: Citizen, product: Product) -> None:
    citizen.says(QUESTION)
    database = product.environment["DATABASE_URL"].removeprefix("sqlite+aiosqlite:///")
    engine = product.environment["ENGINE_DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(database) as connection:
        [sender] = connection.execute("SELECT engine_sender FROM conversations ORDER BY created_at DESC").fetchone()
        old = "2020-01-01 00:00:00.000000"
        of = f"(SELECT id FROM conversations WHERE engine_sender = '{sender}')"
        connection.execute("UPDATE conversations SET created_at = ? WHERE engine_sender = ?", (old, sender))
        connection.execute(f"UPDATE messages SET created_at = ? WHERE conversation_id = {of}", (old,))
        connection.execute(f"UPDATE inbox SET received_at = ? WHERE conversation_id = {of}", (old,))
    connection.close()
    another = Citizen(product.url)
    another.says("مرحبا")
    another.http.close()

    assert _known(engine, sender)
    assert "conversations\t1" in admin(product, "purge", "--dry-run")
    assert "conversations\t1" in admin(product, "purge", "--by", "Zainab")
    assert not _known(engine, sender)
    response = citizen.http.post(f"/api/chat/{citizen.conversation}/messages", json={"text": QUESTION})
    assert response.status_code == 404


def _known(engine: str, sender: str) -> bool:
    connection = sqlite3.connect(engine)
    try:
        found = connection.execute("SELECT 1 FROM engine_conversations WHERE sender = ?", (sender,)).fetchone()
    finally:
        connection.close()
    return found is not None
