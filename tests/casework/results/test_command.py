"""The commands: laboratories, import, amendments, samples."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner, Result

from casework.results.__main__ import app
from foundation.settings import get_settings
from tests.casework.results.conftest import HEADER, row

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_KEYS", Fernet.generate_key().decode())
    get_settings.cache_clear()
    yield lambda *words: CliRunner().invoke(app, words)
    get_settings.cache_clear()


def test_from_laboratory_to_void(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    file.write_text("\n".join((HEADER, row(1), row(2, value="؟"))).replace("2026-11-22", "2026-01-22"))
    imported = ("import", str(file), "--laboratory", "LAB")
    assert "add it first" in run(*imported).stderr
    names = ("--name", "مختبر", "--name-latin", "Lab")
    assert run("laboratory", "add", "LAB", *names, "--governorate", "atlantis").exit_code == 2
    assert run("laboratory", "add", "LAB", *names, "--governorate", "baghdad").exit_code == 0
    assert "LAB\tbaghdad\tمختبر\tLab" in run("laboratory", "list").stdout
    first, again = run(*imported), run(*imported)
    assert "3\tالنتيجة غير معروفة" in first.stdout
    assert "1 added, 0 changed, 0 unchanged, 1 refused" in first.stdout
    assert "0 added, 0 changed, 1 unchanged, 1 refused (this file came before)" in again.stdout
    on = ("--laboratory", "LAB", "--reason", "إعادة", "--by", "زينب")
    assert run("amend", "bgd 2026 000001", "positive", *on).exit_code == 0
    assert run("amend", "bgd 2026 000001", "positive", *on).exit_code == 1
    assert run("void", "BGD-2026-000001", *on).exit_code == 0
    assert run("void", "BGD-2026-000001", *on).exit_code == 1
    assert run("void", "x", *on).exit_code == 1
    file.write_text("nothing")
    assert "عناوين" in run(*imported).stderr


def test_samples_are_loaded_once(run: Run) -> None:
    first, again = run("sample"), run("sample")
    assert "sample results: 2695 added" in first.stdout
    assert "sample results: 0 added" in again.stdout
    assert "TST-2026-1001 with 199000001001 (final, negative)" in first.stdout
