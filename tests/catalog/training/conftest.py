"""A folder of models with one in use, and a trainer that takes no time."""

import os
import sys
from pathlib import Path

import pytest

from foundation.settings import ROOT, Settings

FAKE = Path(__file__).with_name("fake_engine.py")


@pytest.fixture
def training_settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings with the trainer's stand-in and a model in use."""
    models = tmp_path / "models"
    models.mkdir()
    (models / "current.tar.gz").write_text("the shipped model")
    (models / "current.fingerprint").write_text("shipped\n")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} {FAKE} "$@"\n')
    os.chmod(python, 0o700)
    return Settings(_env_file=None, database_url=database_url, models_dir=models, trainer_python=python)
