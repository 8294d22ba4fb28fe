"""`python -m catalog`: what it prints and how it ends."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog.__main__ import CONTENT, app
from foundation.settings import get_settings


@pytest.fixture
def cli(database_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(get_settings(), "database_url", database_url)
    return CliRunner()


def test_load_search_export(cli: CliRunner, tmp_path: Path) -> None:
    assert cli.invoke(app, ["check"]).output.startswith("content ok: 10 categories, 94 services")
    assert "added" in cli.invoke(app, ["load"]).output
    assert cli.invoke(app, ["load"]).output.startswith("catalogue loaded: 0 added, 0 updated")
    assert "nat-02" in cli.invoke(app, ["search", "جواز سفر"]).output
    assert cli.invoke(app, ["export", str(tmp_path)]).exit_code == 0
    assert len(list((tmp_path / "services").glob("*.yml"))) == len(list((CONTENT / "services").glob("*.yml")))


def test_wrong_content_is_one_line_and_a_failure(cli: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "categories.yml").write_text("- {code: nat, name: س}", encoding="utf-8")
    (tmp_path / "services" / "nat-01.yml").write_text(
        "{code: nat-01, category: nat, name: '', confidence: partly}", encoding="utf-8"
    )
    for command in ("check", "load"):
        result = cli.invoke(app, [command, str(tmp_path)])
        assert result.exit_code == 1
        assert result.output.startswith("catalog: nat-01.yml: name: ")
        assert result.output.count("\n") == 1


def test_database_without_tables_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "database_url", f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    result = CliRunner().invoke(app, ["load"])
    assert result.exit_code == 1
    assert "is it migrated?" in result.output
    assert result.output.count("\n") == 1
