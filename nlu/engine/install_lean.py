"""Makes the lean start active in every interpreter of the engine's environment, the plain `rasa` command included.

    nlu/.venv/bin/python -m nlu.engine.install_lean

writes one `.pth` file into the environment that runs it. Running it again changes nothing, unless the project has
moved.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import Final

PTH_NAME: Final = "ur_assistant_lean.pth"
_PROJECT_ROOT: Final = Path(__file__).resolve().parents[2]


def pth_text(project_root: Path) -> str:
    """The content of the `.pth` file: the project's root for `sys.path`, then the call that installs the lean start."""
    return f"{project_root}\nimport nlu.engine.lean; nlu.engine.lean.install()\n"


def write_pth(site_packages: Path, project_root: Path = _PROJECT_ROOT) -> bool:
    """Writes the `.pth` file if it is missing or differs.

    Args:
        site_packages: Folder of the environment's packages.
        project_root: Folder that holds the package `nlu`.

    Returns:
        Whether something was written.
    """
    target = site_packages / PTH_NAME
    text = pth_text(project_root)
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return False
    part = target.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(target)
    return True


def main() -> int:
    """Installs into the running environment, which must be a virtual one."""
    if sys.prefix == sys.base_prefix:
        sys.stderr.write("install_lean: run it with the engine environment's Python (nlu/.venv/bin/python)\n")
        return 1
    site_packages = Path(sysconfig.get_paths()["purelib"])
    changed = write_pth(site_packages)
    sys.stdout.write(f"lean start: {'installed' if changed else 'already in place'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
