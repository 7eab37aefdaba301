"""Reports by Lighthouse, from npm, of pages of the story's own: as a phone, as a desktop, and one of a page that is not there."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PAGE = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tiny</title>
<meta name="viewport" content="width=device-width"><meta name="description" content="A tiny page."></head>
<body><h1>Tiny</h1><p>{words}</p></body></html>
"""
CHROME = "--headless --no-sandbox --disable-gpu --disable-background-networking"
#: What a report has besides what it says: pictures, texts of its own pages, and times of its own work.
PADDING = ("i18n", "entities", "categoryGroups", "stackPacks")


def main(target: Path) -> None:
    chrome = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chrome is None:
        print("needs Chromium")
        sys.exit(77)
    tools = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "CHROME_PATH": chrome,
    }
    reports = target / "pages"
    reports.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "package.json").write_text("{}")
        install = [str(tools / "npm"), "install", "--no-audit", "--no-fund", "--loglevel=error", "lighthouse"]
        subprocess.run(install, cwd=place, env=environment, check=True)
        pages = place / "pages"
        pages.mkdir()
        (pages / "index.html").write_text(PAGE.format(words="words " * 50))
        handler = functools.partial(_Quiet, directory=str(pages))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            for name, page, words in (
                ("phone", "index.html", []),
                ("desktop", "index.html", ["--preset=desktop"]),
                ("missing", "nowhere.html?token=secret", ["--only-categories=performance"]),
            ):
                file = reports / f"{name}.json"
                command = [
                    str(tools / "node"), "node_modules/lighthouse/cli/index.js",
                    f"http://127.0.0.1:{server.server_port}/{page}", "--quiet", "--output=json",
                    f"--output-path={file}", "--disable-full-page-screenshot", f"--chrome-flags={CHROME}", *words,
                ]  # fmt: skip
                subprocess.run(command, cwd=place, env=environment, check=name != "missing")
                _shorten(file, str(server.server_port))
            server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *said: object) -> None:
        pass


def _shorten(file: Path, port: str) -> None:
    """Without pictures, tables and texts, which make most of a report; the server's port is another every time."""
    report = json.loads(file.read_text().replace(f":{port}/", ":8000/"))
    for name in PADDING:
        report.pop(name, None)
    report["timing"] = {"total": report["timing"]["total"]}
    for audit in report["audits"].values():
        audit.pop("details", None)
        audit.pop("description", None)
    file.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
