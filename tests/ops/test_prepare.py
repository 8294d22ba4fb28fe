"""What `make run` says when it cannot start."""

import socket
from pathlib import Path

import pytest

from foundation.settings import Settings
from ops.errors import OpsError
from ops.prepare import check_ports
from ops.secrets import local_secrets


def test_a_taken_port_is_named_with_its_setting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OpsError, match=f"port {port} is in use.*set PORT"):
            check_ports(Settings(port=port, engine_port=1024 + port % 1000, actions_port=3024 + port % 1000))


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
