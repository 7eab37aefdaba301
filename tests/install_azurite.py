"""Makes sure that the tests of Azure find a server: Azurite, Microsoft's own, from npm into the environment of the tests.

`find_azurite()` is what the tests ask; run as a script, this installs it if it is not there. Without it they are left out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "3.37.0"
FOLDER = Path(sys.prefix) / "azurite"
_SCRIPT = FOLDER / "node_modules/azurite/dist/src/blob/main.js"


def find_azurite() -> list[str] | None:
    """The command that starts its blob service, or None."""
    node = _beside_python("node")
    return [node, str(_SCRIPT)] if node and _SCRIPT.exists() else None


def _beside_python(name: str) -> str | None:
    """A program of the environment's own Node, else one of the PATH."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def main() -> int:
    """Always 0: a machine without it tests the rest."""
    npm = _beside_python("npm")
    if find_azurite() is None and npm is not None:
        print("Installing Azurite …", flush=True)
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(
            [npm, "install", "--prefix", str(FOLDER), *quiet, f"azurite@{VERSION}"],
            stdin=subprocess.DEVNULL,
            check=False,
        )
    print(f"Azurite: {'there' if find_azurite() else 'none; its tests are left out'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
