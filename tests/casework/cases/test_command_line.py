"""The command line: sample data, the register, a case worked to its end, figures."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from casework.cases import numbers
from casework.cases.__main__ import app
from casework.cases.commands import office
from casework.cases.sample import loading
from foundation.settings import Settings
from tests.casework.cases.conftest import KEY, SETTINGS, Bureau

FIRST = "4567891232"


class Terminal:
    """Runs commands on the test's database."""

    async def run(self, *words: str, code: int = 0) -> str:
        """The output of one."""
        result = await asyncio.to_thread(CliRunner().invoke, app, list(words))
        assert result.exit_code == code, result.output
        return result.output


@pytest.fixture
def terminal(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of a member of staff."""
    settings: Settings = SETTINGS.model_copy(update={"database_url": database_url, "data_keys": SecretStr(KEY)})
    monkeypatch.setattr(office, "get_settings", lambda: settings)
    return Terminal()


async def test_sample_data_once_and_a_case_to_its_end(bureau: Bureau, terminal: Terminal) -> None:
    assert "8 sample cases added" in await terminal.run("sample", "load")
    said = await terminal.run("sample", "load")
    assert "0 sample cases added" in said
    assert all(numbers.show(number) in said for number in loading.numbers())
    assert all(numbers.is_right(number) for number in loading.numbers())
    await terminal.run("assign", "٤٥٦ ٧٨٩ ١٢٣٢", "--to", "sara", "--by", "boss")
    await terminal.run("investigate", FIRST, "--by", "sara", "--note", "اتصلت بالوكيل")
    assert "a measure is named" in await terminal.run("uphold", FIRST, "--by", "sara", code=1)
    await terminal.run("uphold", FIRST, "--by", "sara", "--measure", "fine")
    await terminal.run("close", FIRST, "--by", "sara")
    assert "cannot become" in await terminal.run("assign", FIRST, "--to", "sara", "--by", "boss", code=1)
    assert "a digit is wrong" in await terminal.run("show", "4567891233", code=1)
    assert "no such case" in await terminal.run("show", numbers.new(), code=1)
    masked = await terminal.run("show", FIRST, "--by", "boss")
    assert "sara" in masked
    for hidden in ("ستة أنفار", "اتصلت بالوكيل"):
        assert hidden not in masked
    plain = await terminal.run("show", FIRST, "--by", "boss", "--reason", "الوزير سأل")
    assert "ستة أنفار" in plain
    assert "اتصلت بالوكيل" in plain
    assert numbers.show(FIRST) in await terminal.run("list", "--state", "closed", "--governorate", "baghdad")


async def test_figures_count_samples_only_when_asked(bureau: Bureau, terminal: Terminal) -> None:
    await terminal.run("sample", "load")
    assert "كريم جاسم محمد" not in await terminal.run("report")
    report = await terminal.run("report", "--sample")
    assert "2 upheld, 3 citizens: 91011 كريم جاسم محمد" in report
    assert "Median hours" in report


async def test_the_register_from_a_file(bureau: Bureau, terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "agents.csv"
    file.write_text(
        "kind,number,name,governorate,district,centre\n"
        "agent,7001,جبار سلمان,ذي قار,الشطرة,\n"
        "agent,7002,بلا مكان,زحل,,\n",
        encoding="utf-8-sig",
    )
    said = await terminal.run("agents", "import", str(file), "--by", "boss", code=1)
    assert "1 added, 0 updated, 0 unchanged, 1 refused" in said
    assert "line 3: no such governorate or district" in said
    file.write_text("name\nx\n")
    assert "columns missing" in await terminal.run("agents", "import", str(file), "--by", "boss", code=1)
