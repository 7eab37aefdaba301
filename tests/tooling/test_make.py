"""The two commands of the README, and what a build server runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    # A test under `make test` must not inherit that make's flags.
    environment = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    }
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("target", "does"),
    [
        ("site", "runfolio build --config examples/digits/runfolio.toml --out build/site"),
        ("test", "python tests/run.py"),
        ("lint", "ruff format --check"),
        ("bench", "tests/bench/measure.py --sizes 10,100"),
    ],
)
def test_a_fresh_clone_installs_first_and_then_does_it(target: str, does: str, tmp_path: Path) -> None:
    done = make("--dry-run", target, f"VENV={tmp_path / 'venv'}")
    assert done.returncode == 0, done.stderr
    steps = [part for part in ("-m venv", "pip install", does) if part in done.stdout]
    assert steps == ["-m venv", "pip install", does]
    assert done.stdout.index("-m venv") < done.stdout.index("pip install") < done.stdout.index(does)


def test_an_old_python_is_named_with_the_way_out(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    done = make("site", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stdout and "make PYTHON=python3.12" in done.stdout
    assert not (tmp_path / "venv").exists()


def test_the_build_server_runs_exactly_the_readme_s_command() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if line.startswith("make")]
    assert lines == ["make lint", "make test"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make site" in readme and "make test" in readme


def test_only_what_make_site_writes_is_left_out_not_every_folder_called_build(tmp_path: Path) -> None:
    for name in (".gitignore", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for folder in ("build", "tests/build"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "file.py").touch()
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", "*.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout.split() == ["tests/build/file.py"]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["ruff"]["extend-exclude"] == ["./build"]


def command(folder: Path, name: str, script: str) -> Path:
    """A shell script among the commands of a test."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """tests/install_browser.py on a machine whose only commands lie in tmp_path."""
    for tool in ("env", "chmod"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or tool)
    monkeypatch.setenv("PATH", str(tmp_path))
    namespace: dict[str, Any] = {"__name__": "install_browser"}
    exec((ROOT / "tests" / "install_browser.py").read_text(encoding="utf-8"), namespace)
    namespace["privileges"] = list  # root already: nothing to put before a command
    return namespace


def test_the_first_browser_that_starts_is_taken(tmp_path: Path, installer: dict[str, Any]) -> None:
    command(tmp_path, "chromium-browser", "exit 1")
    chrome = command(tmp_path, "google-chrome", "exit 0")
    assert installer["on_path"]() == str(chrome)


def test_debian_s_package_comes_before_a_download(tmp_path: Path, installer: dict[str, Any]) -> None:
    installer["is_debian"] = lambda: True
    chromium = tmp_path / "chromium"
    command(
        tmp_path,
        "apt-get",
        f'[ "$1" = update ] || {{ echo "#!/bin/sh" > {chromium}; chmod 755 {chromium}; }}',
    )
    installer["install"]()
    assert installer["on_path"]() == str(chromium)


@pytest.mark.parametrize("is_debian", [True, False])
def test_else_playwright_downloads_one(
    is_debian: bool, tmp_path: Path, installer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on Debian, when its package cannot be installed."""
    installer["is_debian"] = lambda: is_debian
    command(tmp_path, "apt-get", "exit 100")
    python = command(tmp_path, "python", f'echo "$@" > {tmp_path / "called"}')
    monkeypatch.setattr("sys.executable", str(python))
    installer["install"]()
    assert (tmp_path / "called").read_text(encoding="utf-8") == "-m playwright install --with-deps chromium\n"
