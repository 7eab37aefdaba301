"""Commands measured by hyperfine (a program of the system, not of Python): a parameter scan, a name, a failure."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def main(target: Path) -> None:
    if shutil.which("hyperfine") is None:
        print("needs hyperfine, which Debian has as the package `hyperfine`")
        sys.exit(77)
    folder = target / "shell"
    folder.mkdir(exist_ok=True)
    common = ["hyperfine", "--runs", "3", "--shell", "sh", "--ignore-failure", "--style", "none"]
    scan = ["--parameter-list", "n", "1,2", "echo {n}"]
    named = ["--command-name", "nothing", "true"]
    for name, words in {"scan": scan, "named": named, "failing": ["/bin/sh -c 'exit 3'"]}.items():
        file = str(folder / f"{name}.json")
        subprocess.run([*common, "--export-json", file, *words], check=True, capture_output=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
