"""What the wheel holds: a package that is not listed works in a clone and is missing for everybody else."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_package_is_listed_for_the_wheel() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "packages"
    ]
    folders = (path.parent for path in (ROOT / "src").rglob("__init__.py"))
    there = {".".join(folder.relative_to(ROOT / "src").parts) for folder in folders}
    assert sorted(listed) == sorted({*there, "runfolio.themes"})
