"""The audit page holds the data it loads to the digests that the build wrote down."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from browsing import Open, Site


def verdict(visit: Open, site: Site) -> str:
    page = visit("audit.html", site=site)
    page.get_by_role("button", name="Verify in this browser").click()
    page.wait_for_function(
        "() => document.querySelector('[data-verify-result]').textContent.includes('match')"
    )
    return page.locator("[data-verify-result]").inner_text()


def test_all_files_match_until_one_is_altered(visit: Open, digits: Site, tmp_path: Path) -> None:
    copy = Site(tmp_path / "site", "http://127.0.0.1:1")
    shutil.copytree(digits.folder, copy.folder, ignore=shutil.ignore_patterns("plotly*", "artifacts"))
    scripts = sorted([*(copy.folder / "series").glob("*.js"), *(copy.folder / "data").glob("*.js")])
    count = len(scripts) - 1
    assert verdict(visit, copy) == f"{count} of {count} match."
    victim = next(path for path in scripts if "softmax" in path.name)
    victim.write_bytes(victim.read_bytes().replace(b"A", b"B", 1))
    assert verdict(visit, copy) == f"{count - 1} of {count} match. Not: series/{victim.name} (differ)."
    victim.unlink()
    page = visit("audit.html", site=copy)
    page.get_by_role("button", name="Verify in this browser").click()
    page.wait_for_function(
        "() => document.querySelector('[data-verify-result]').textContent.includes('match')"
    )
    assert f"series/{victim.name} (could not be read)" in page.locator("[data-verify-result]").inner_text()
    visit.faults(copy).clear()  # type: ignore[attr-defined]  # the browser complains of the missing file


def test_the_list_for_people_holds_every_file(digits: Site) -> None:
    lines = (digits.folder / "data" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split("  ", 1)) for line in lines)
    own = {"data/SHA256SUMS", ".runfolio-manifest.json"}
    files = {
        path.relative_to(digits.folder).as_posix() for path in digits.folder.rglob("*") if path.is_file()
    }
    assert set(listed) == files - own
    for path, digest in listed.items():
        assert hashlib.sha256((digits.folder / path).read_bytes()).hexdigest() == digest
