"""Dashboard and alerts: each expression parses, each metric, label and value in it exists in the code."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator

import promql_parser
import pytest
from prometheus_client import REGISTRY

import bot.metrics  # noqa: F401  # metrics register themselves on import
import operations.events.metrics  # noqa: F401
from foundation.settings import ROOT
from tests.deploy.files import DEPLOY, KUBERNETES, documents

ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "dashboard.json"
BY_PROMETHEUS = {"up": {"job", "instance"}}
"""Series that Prometheus makes itself, for each target."""
SEVERITIES = {"page", "ticket"}
_VARIABLES = {"$__rate_interval": "5m", "$job": "ur-assistant"}


def series() -> dict[str, set[str]]:
    """The names of all series that the bot exposes, each with its labels."""
    found = {name: set(labels) for name, labels in BY_PROMETHEUS.items()}
    for collector in list(REGISTRY._collector_to_names):
        labels = set(getattr(collector, "_labelnames", ()))
        for name in REGISTRY._collector_to_names[collector]:
            found[name] = labels | {"job", "instance"} | ({"le"} if name.endswith("_bucket") else set())
    return found


def panels() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return found


def expressions() -> Iterator[tuple[str, str]]:
    for group in documents(ALERTS)[0]["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            text = target["expr"]
            for name, value in _VARIABLES.items():
                text = text.replace(name, value)
            yield panel["title"], text


class Selectors:
    """Collects the selectors and the grouping labels of an expression."""

    def __init__(self, expression: str) -> None:
        self.selectors: list[promql_parser.VectorSelector] = []
        self.grouped: set[str] = set()
        self._visit(promql_parser.parse(expression))

    def _visit(self, node: object) -> None:
        match node:
            case promql_parser.VectorSelector():
                self.selectors.append(node)
            case promql_parser.MatrixSelector():
                self._visit(node.vector_selector)
            case promql_parser.AggregateExpr():
                if node.modifier is not None:
                    self.grouped |= set(node.modifier.labels)
                self._visit(node.expr)
            case promql_parser.BinaryExpr():
                self._visit(node.lhs)
                self._visit(node.rhs)
            case promql_parser.Call():
                for argument in node.args:
                    self._visit(argument)
            case promql_parser.ParenExpr() | promql_parser.UnaryExpr() | promql_parser.SubqueryExpr():
                self._visit(node.expr)
            case promql_parser.NumberLiteral() | promql_parser.StringLiteral():
                pass
            case _:
                raise TypeError(f"an unknown part of an expression: {node}")


@pytest.mark.parametrize(("where", "expression"), list(expressions()))
def test_expressions_ask_for_what_the_bot_exposes(where: str, expression: str) -> None:
    known = series()
    found = Selectors(expression)
    assert found.selectors, where
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    for selector in found.selectors:
        assert selector.name in known, selector.name
        assert found.grouped <= known[selector.name]
        for matcher in selector.matchers.matchers:
            assert matcher.name in known[selector.name], matcher.name
            if matcher.name == "job":
                assert matcher.value == "ur-assistant"
                continue
            for value in matcher.value.split("|"):
                assert f'"{value}"' in code, f"no code sets {matcher.name} to {value}"


def test_alerts_say_what_to_do() -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    for group in documents(ALERTS)[0]["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in SEVERITIES
            assert rule["annotations"]["summary"]
            assert f"`{rule['alert']}`" in runbook, f"the runbook does not say what to do at {rule['alert']}"
            described = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
            assert described <= Selectors(rule["expr"]).grouped


def test_the_job_has_one_name_everywhere() -> None:
    (scrape,) = documents(DEPLOY / "prometheus" / "scrape.yml")
    (job,) = scrape["scrape_configs"]
    assert job["job_name"] == "ur-assistant"
    assert job.get("metrics_path", "/metrics") == "/metrics"
    (monitor,) = documents(KUBERNETES / "optional" / "servicemonitor.yml")
    labels = documents(KUBERNETES / "bot.yml")[0]["metadata"]["labels"]
    assert labels[monitor["spec"]["jobLabel"]] == "ur-assistant"
    assert monitor["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert monitor["spec"]["endpoints"][0]["port"] == "http"


def test_panels_have_their_own_places() -> None:
    found = panels()
    assert len({panel["id"] for panel in found}) == len(found)
    for one, other in ((one, other) for i, one in enumerate(found) for other in found[i + 1 :]):
        a, b = one["gridPos"], other["gridPos"]
        assert isinstance(a, dict)
        assert isinstance(b, dict)
        apart = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        assert apart or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"], (one["title"], other["title"])


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool on this machine")
def test_prometheus_accepts_the_rules() -> None:
    done = subprocess.run(["promtool", "check", "rules", str(ALERTS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
