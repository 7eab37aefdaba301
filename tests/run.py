"""All tests, in two processes side by side that take about as long: builds and stores, which often wait, and all others.

    python tests/run.py [PYTEST OPTION]...

The others tell as they go; what the rest told follows. Ends with 1 where either failed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parent
ASIDE = [TESTS / name for name in ("bench", "builds", "stores")]


def main(options: list[str]) -> int:
    """The exit code of both together."""
    pytest = [sys.executable, "-m", "pytest", *options]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        # One cache would be written by both.
        aside = subprocess.Popen(
            [*pytest, "-p", "no:cacheprovider", *map(str, ASIDE)], stdout=told, stderr=subprocess.STDOUT
        )
        try:
            ignored = [f"--ignore={folder}" for folder in ASIDE]
            others = subprocess.run([*pytest, str(TESTS), *ignored], check=False).returncode
            ended = aside.wait()
        finally:
            aside.kill()
            aside.wait()
        told.seek(0)
        print(told.read(), flush=True)
    return int(others != 0 or ended != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
