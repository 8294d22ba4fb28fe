"""Reading what deploy/ holds, and what the code knows, so that the two can be compared."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from foundation.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"

Document = dict[str, Any]

RUNTIME_NAMES = frozenset(
    {"HOME", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PATH"}
    | {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED"}
)
"""Variables of Python and its numeric libraries."""
_ENVIRON_NAME = re.compile(r"""environ(?:\.get\(|\[)"([A-Z_]+)"|_VARIABLE\b.* = "([A-Z_]+)\"""")
_INTERPOLATION = re.compile(r"\$\{(?P<name>[A-Z_]+)(?::(?P<how>[-?])(?P<rest>[^}]*))?\}")


def documents(path: Path) -> list[Document]:
    """The YAML documents of a file."""
    return [document for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) if document]


def product_names() -> set[str]:
    """The names of the product's settings."""
    return {name.upper() for name in Settings.model_fields}


def engine_names() -> set[str]:
    """The names that the engine's code reads from its environment."""
    sources = (ROOT / "nlu" / "engine").glob("*.py")
    found = [pair for source in sources for pair in _ENVIRON_NAME.findall(source.read_text(encoding="utf-8"))]
    return {literal or constant for literal, constant in found}


def _interpolate(value: Any) -> Any:
    """A value of a compose file when nothing is set; a name that is required stands for itself in small letters."""
    if isinstance(value, dict):
        return {key: _interpolate(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_interpolate(one) for one in value]
    if isinstance(value, str):
        return _INTERPOLATION.sub(lambda match: match["rest"] if match["how"] == "-" else match["name"].lower(), value)
    return value


def interpolated_names(text: str) -> set[str]:
    """The names that a compose file takes from its environment."""
    return {match["name"] for match in _INTERPOLATION.finditer(text)}


def env_file(path: Path) -> dict[str, str]:
    """The settings of an example of an environment file, those that are commented out too."""
    lines = re.findall(r"^#?([A-Z][A-Z_]+)=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(lines)


def kubernetes_documents() -> Iterator[tuple[Path, Document]]:
    """All manifests; kustomizations and what belongs to another product's API are left out."""
    for path in sorted(KUBERNETES.rglob("*.yml")):
        for document in documents(path):
            if "kustomize" not in document["apiVersion"] and "monitoring.coreos.com" not in document["apiVersion"]:
                yield path, document


def compose() -> Document:
    """The compose file with its names put in, as a checker of the specification takes it."""
    (whole,) = documents(DEPLOY / "compose.yml")
    return {key: _interpolate(value) for key, value in whole.items() if not key.startswith("x-")}
