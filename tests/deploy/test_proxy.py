"""The reverse proxies before the bot."""

import re
import shutil
import subprocess

import pytest

from foundation.settings import Settings
from tests.deploy.files import DEPLOY

NGINX, CADDY = DEPLOY / "proxy" / "nginx.conf", DEPLOY / "proxy" / "Caddyfile"


@pytest.mark.parametrize("path", [NGINX, CADDY], ids=lambda path: path.name)
def test_proxies_lead_to_the_bot_alone_and_keep_inside_what_is_inside(path: object) -> None:
    text = NGINX.read_text() if path == NGINX else CADDY.read_text()
    fields = Settings.model_fields
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", text)) == {str(fields["port"].default)}
    assert "/metrics" in text
    assert "/readyz" in text
    assert fields["telegram_webhook_path"].default in text
    assert fields["request_max_bytes"].default == 64 * 1024
    assert re.search(r"64 ?k", text, re.IGNORECASE)


def test_files_of_laboratories_pass() -> None:
    mebibytes = Settings.model_fields["results_import_max_bytes"].default // 2**20 + 1
    location = re.search(
        r"location ~ (\S+) \{\s+client_max_body_size (\d+)m;(?=[^}]*\}\s+location = /metrics)", NGINX.read_text()
    )
    assert location
    assert int(location[2]) == mebibytes
    for path in ("/api/results/import", "/api/fhir"):
        assert re.search(location[1], path)
        assert re.search(rf"@laboratory path .*{path}\b", CADDY.read_text())
    assert re.search(rf"handle @laboratory \{{\s+request_body \{{\s+max_size {mebibytes}MiB", CADDY.read_text())


def test_no_log_holds_the_address_of_a_conversation() -> None:
    nginx = NGINX.read_text()
    log_format = re.search(r"log_format \w+ '([^']*)'", nginx)
    assert log_format
    assert not {"$request", "$request_uri", "$uri", "$http_referer"} & set(re.findall(r"\$\w+", log_format[1]))
    assert re.search(r"error_log \S+ crit;", nginx)
    assert not re.search(r"^\s*log\b", CADDY.read_text(), re.MULTILINE)


@pytest.mark.skipif(shutil.which("caddy") is None, reason="no caddy on this machine")
def test_caddy_accepts_its_file() -> None:
    command = ["caddy", "adapt", "--validate", "--adapter", "caddyfile", "--config", str(CADDY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
