"""The compose file: fits the specification, publishes the bot alone, gives each service only what it needs."""

import re
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from foundation.settings import Settings
from tests.deploy.files import (
    DEPLOY,
    RUNTIME_NAMES,
    compose,
    engine_names,
    env_file,
    interpolated_names,
    product_names,
)

PRODUCT = {"bot", "actions", "prepare"}
OWN = PRODUCT | {"engine"}
PASSWORDS_OF_THE_DATABASE_IMAGE = {"POSTGRES_PASSWORD", "PRODUCT_DB_PASSWORD", "ENGINE_DB_PASSWORD"}


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def test_it_fits_the_compose_specification() -> None:
    parsed = PyCompose.from_yaml(yaml.safe_dump(compose()))
    assert set(parsed.service_names()) == OWN | {"postgres", "redis", "rabbitmq"}


def test_the_checker_refuses_what_the_specification_does_not_know() -> None:
    broken = compose()
    broken["services"]["bot"]["healthchek"] = {}
    with pytest.raises(ValueError, match="healthchek"):
        PyCompose.from_yaml(yaml.safe_dump(broken))


def test_only_the_bot_is_published_and_on_this_machine_only(services: dict[str, dict[str, Any]]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"bot": ["127.0.0.1:8080:8080"]}
    networks = compose()["networks"]
    reachable = {name for name, options in networks.items() if not (options or {}).get("internal")}
    assert {name for name, service in services.items() if reachable & set(service["networks"])} == {"bot"}


def test_services_are_watched_restarted_and_confined(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["restart"] == ("no" if name == "prepare" else "unless-stopped")
        assert ("test" in service["healthcheck"]) is (name != "prepare")
        if name != "postgres":
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
            assert "no-new-privileges:true" in service["security_opt"]


def test_images_are_pinned(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        image, _, tag = service["image"].partition(":")
        assert "." not in image, "no host name"
        assert re.match(r"\d+\.\d+", tag), service["image"]


def test_everything_waits_for_a_prepared_database(services: dict[str, dict[str, Any]]) -> None:
    for name in ("bot", "actions"):
        assert services[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
    assert services["prepare"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_variables_are_settings_of_the_code(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        if name == "redis":
            continue
        known = {
            "postgres": PASSWORDS_OF_THE_DATABASE_IMAGE,
            "rabbitmq": {"RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_PASS"},
            "engine": engine_names(),
        }.get(name, product_names())
        assert set(service["environment"]) <= known | RUNTIME_NAMES, name


def test_settings_hold_together(services: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in product_names():
        monkeypatch.delenv(name, raising=False)
    for name, value in services["bot"]["environment"].items():
        monkeypatch.setenv(name, str(value))
    settings = Settings(_env_file=None)
    assert settings.engine_url == "http://engine:5005"
    assert (settings.actions_host, settings.actions_port) == ("actions", 5055)
    assert settings.telegram_bot_token is None, "empty means off"
    assert services["engine"]["command"] == ["--actions-url", "http://actions:5055/webhook"]


def test_secrets_go_only_where_they_are_needed(services: dict[str, dict[str, Any]]) -> None:
    def holders(secret: str) -> set[str]:
        return {name for name, service in services.items() if secret in service.get("environment", {})}

    assert holders("DATA_KEYS") == {"bot", "actions"}, "both read what is encrypted"
    assert holders("TELEGRAM_BOT_TOKEN") == {"bot"}
    assert holders("ENGINE_TOKEN") == {"bot", "engine"}
    assert holders("AMQP_URL") == {"bot"}
    assert holders("DATABASE_URL") == PRODUCT
    assert "assistant" not in services["engine"]["environment"]["ENGINE_DATABASE_URL"], (
        "the engine has its own database"
    )


def test_the_example_names_everything_that_is_asked_for() -> None:
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    example = env_file(DEPLOY / "compose.env.example")
    assert interpolated_names(text) | {"COMPOSE_PROFILES"} == set(example)
    assert all(not value for name, value in example.items() if "TOKEN" in name or "PASSWORD" in name or "KEYS" in name)
