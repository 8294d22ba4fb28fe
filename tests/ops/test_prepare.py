"""What `make run` says when it cannot start."""

import os
import socket
from pathlib import Path

import pytest

from foundation.settings import Settings
from ops.errors import OpsError
from ops.prepare import check_ports, keep_private, load_samples
from ops.secrets import local_secrets


def test_a_taken_port_is_named_with_its_setting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OpsError, match=f"port {port} is in use.*set PORT"):
            check_ports(Settings(port=port, engine_port=1024 + port % 1000, actions_port=3024 + port % 1000))


def test_data_is_for_its_user_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        folder = tmp_path / "var"
        folder.mkdir()
        keep_private(folder)
        (folder / "assistant.db").touch()
        assert [path.stat().st_mode & 0o077 for path in (folder, folder / "assistant.db")] == [0, 0]
    finally:
        os.umask(before)


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    first, warnings = local_secrets({}, file)
    assert set(first) == {"ENGINE_TOKEN", "DATA_KEYS"}
    assert "DATA_KEYS is not set" in warnings[0]
    assert local_secrets({}, file)[0] == first
    assert file.stat().st_mode & 0o077 == 0


def test_secrets_that_are_set_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    added, warnings = local_secrets({"ENGINE_TOKEN": "t", "DATA_KEYS": "k"}, file)
    assert added == {}
    assert warnings == []
    assert not file.exists()


def test_samples_that_cannot_be_loaded_do_not_stop_anything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ops.prepare.sys.executable", "/bin/false")
    assert load_samples({}) == []
    said = capsys.readouterr().out
    assert said.count("Warning: ") == 3
    assert "going on without" in said
