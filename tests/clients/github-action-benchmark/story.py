"""Four commits measured by github-action-benchmark into one `data.js`: two suites, own and pytest's benchmarks; one commit's output is broken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COMMITS = [f"{number}{'abcdef0' * 6}"[:40] for number in range(4)]
DATA = "dev/bench/data.js"
PYTEST = {
    "benchmarks": [
        {
            "fullname": f"test_tiny.py::test_{name}",
            "stats": {"mean": mean, "ops": 1 / mean, "stddev": mean / 10, "rounds": 5},
        }
        for name, mean in (("sum", 0.25), ("sort", 0.5))
    ]
}


def main(target: Path) -> None:
    action, node, git = os.environ.get("GITHUB_ACTION_BENCHMARK"), shutil.which("node"), shutil.which("git")
    if not action or node is None or git is None:
        print("needs node, git, and GITHUB_ACTION_BENCHMARK: a clone of the action that was built")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "work")
        place.mkdir()
        quiet = {
            "HOME": folder,
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{who}_NAME": "a" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "a@example.org" for who in ("AUTHOR", "COMMITTER")},
        }
        for words in (["init", "-q", "-b", "main"], ["commit", "-q", "--allow-empty", "-m", "x"]):
            subprocess.run([git, *words], cwd=place, env=os.environ | quiet, check=True)
        for words in (
            ["checkout", "-q", "--orphan", "gh-pages"],
            ["commit", "-q", "--allow-empty", "-m", "x"],
        ):
            subprocess.run([git, *words], cwd=place, env=os.environ | quiet, check=True)
        subprocess.run([git, "checkout", "-q", "main"], cwd=place, env=os.environ | quiet, check=True)
        for number, sha in enumerate(COMMITS):
            own = [
                {"name": "loss/val", "unit": "nats", "value": 0.5 - number / 8, "range": "± 0.1"},
                {"name": "time/epoch", "unit": "ms", "value": 250 + number, "extra": "box"},
            ]
            event = Path(folder, "event.json")
            author = {"name": "a", "email": "a@example.org", "username": "a"}
            event.write_text(
                json.dumps(
                    {
                        "repository": {"html_url": "https://example.org/a/tiny", "private": False},
                        "head_commit": {
                            "id": sha,
                            "message": f"Change {number}\n\nMore of it",
                            "timestamp": f"2026-01-0{number + 1}T00:00:00Z",
                            "url": f"https://example.org/a/tiny/commit/{sha}",
                            "author": author,
                            "committer": author,
                        },
                    }
                )
            )
            for suite, tool, output in (
                ("Own", "customSmallerIsBetter", json.dumps(own)),
                ("Python", "pytest", json.dumps(PYTEST)),
            ):
                is_broken = number == 2 and tool == "pytest"
                file = place / "output.json"
                file.write_text(output[:40] if is_broken else output)
                inputs = {
                    "name": suite, "tool": tool, "output-file-path": "output.json", "gh-pages-branch": "gh-pages",
                    "benchmark-data-dir-path": "dev/bench", "skip-fetch-gh-pages": "true", "save-data-file": "true",
                    "auto-push": "false", "comment-always": "false", "summary-always": "false",
                    "comment-on-alert": "false", "fail-on-alert": "false", "alert-threshold": "200%",
                    "go-force-package-suffix": "false",
                }  # fmt: skip
                environment = {
                    **os.environ, **quiet, "GITHUB_EVENT_PATH": str(event), "GITHUB_REPOSITORY": "a/tiny",
                    **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
                }  # fmt: skip
                command = [node, str(Path(action, "dist/src/index.js"))]
                done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
                assert (done.returncode != 0) == is_broken, done.stdout
                file.unlink()
        shown = subprocess.run([git, "show", f"gh-pages:{DATA}"], cwd=place, check=True, capture_output=True)
        file = target / "tiny" / DATA
        file.parent.mkdir(parents=True)
        file.write_bytes(shown.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
