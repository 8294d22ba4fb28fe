"""The images: pinned, from locks with hashes, without root and without anything that does not belong in them."""

import fnmatch
import re
from pathlib import Path

import pytest

from foundation.settings import ROOT, Settings
from tests.deploy.files import DEPLOY, RUNTIME_NAMES, engine_names, product_names

DOCKERFILES = [DEPLOY / "Dockerfile.product", DEPLOY / "Dockerfile.engine"]
PINNED = re.compile(r"^[a-z0-9-]+:\d+\.\d+\.\d+-slim-[a-z]+$")


def instructions(path: Path) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, with continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", path.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines if line[0].isupper())]


@pytest.fixture(params=DOCKERFILES, ids=lambda path: path.suffix[1:])
def dockerfile(request: pytest.FixtureRequest) -> list[tuple[str, str]]:
    path: Path = request.param
    return instructions(path)


def test_the_base_image_is_pinned_and_named_without_a_host(dockerfile: list[tuple[str, str]]) -> None:
    bases = [rest.partition("=")[2] for name, rest in dockerfile if name == "ARG"]
    assert len(bases) == 1
    assert PINNED.match(bases[0])
    stages = {rest.partition(" AS ")[2] for name, rest in dockerfile if name == "FROM"}
    for base in (rest.partition(" ")[0] for name, rest in dockerfile if name == "FROM"):
        assert base == "${PYTHON_IMAGE}" or base in stages


def test_packages_come_from_the_lock_with_hashes(dockerfile: list[tuple[str, str]]) -> None:
    installs = [rest for name, rest in dockerfile if name == "RUN" and "pip install" in rest]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "--no-deps" in installs[0]
    lock = next(rest.split()[0] for name, rest in dockerfile if name == "COPY" and "requirements.lock" in rest)
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert text.count("--hash=sha256:") >= len(re.findall(r"^[a-z0-9_.-]+==", text, re.MULTILINE)) > 0
    assert "index-url" not in text


def test_the_last_stage_runs_without_root_and_can_be_asked_how_it_is(dockerfile: list[tuple[str, str]]) -> None:
    last = max(index for index, (name, _) in enumerate(dockerfile) if name == "FROM")
    final = dict(dockerfile[last:])
    assert final["USER"] == "10001:10001"
    assert "HEALTHCHECK" in final
    assert final["STOPSIGNAL"] == "SIGTERM"
    assert final["CMD"].startswith("[")


def test_what_is_copied_exists_and_reaches_the_builder(dockerfile: list[tuple[str, str]]) -> None:
    ignore = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert ignore[0] == "*", "only what is named is sent"
    sent = {line[1:] for line in ignore if line.startswith("!")}
    for name, rest in dockerfile:
        if name != "COPY" or rest.startswith("--from"):
            continue
        for source in rest.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] in sent, source
    for secret in (".env", "var", "models", ".git"):
        assert not any(fnmatch.fnmatch(secret, pattern) for pattern in sent)


def test_ports_are_those_of_the_settings() -> None:
    product, engine = (dict(instructions(path)) for path in DOCKERFILES)
    fields = Settings.model_fields
    assert product["EXPOSE"] == f"{fields['port'].default} {fields['actions_port'].default}"
    assert engine["EXPOSE"] == str(fields["engine_port"].default)
    assert f'"--port", "{fields["engine_port"].default}"' in engine["ENTRYPOINT"]


def test_variables_of_the_images_exist(dockerfile: list[tuple[str, str]]) -> None:
    known = product_names() | engine_names() | RUNTIME_NAMES | {"PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"}
    for name, rest in dockerfile:
        if name == "ENV":
            assert set(re.findall(r"([A-Z_]+)=", rest)) <= known
