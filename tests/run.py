"""All tests, in two processes side by side: those of object stores, which mostly wait for servers, and all others.

    python tests/run.py [PYTEST OPTION]...

The others tell as they go; what the stores' tests told follows. Ends with 1 where either failed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parent
STORES = TESTS / "stores"


def main(options: list[str]) -> int:
    """The exit code of both together."""
    pytest = [sys.executable, "-m", "pytest", *options]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        # One cache would be written by both.
        stores = subprocess.Popen(
            [*pytest, "-p", "no:cacheprovider", str(STORES)], stdout=told, stderr=subprocess.STDOUT
        )
        try:
            others = subprocess.run([*pytest, str(TESTS), f"--ignore={STORES}"], check=False).returncode
            ended = stores.wait()
        finally:
            stores.kill()
            stores.wait()
        told.seek(0)
        print(told.read(), flush=True)
    return int(others != 0 or ended != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
