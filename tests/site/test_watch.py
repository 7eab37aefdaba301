"""Which change on disk calls for which rebuild."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from runfolio.site.watch import Change, Watched, changes, classify, described

ROOT = Path("/project")
PLACES = Watched((ROOT / "runs",), (ROOT / "theme",), ROOT / "runfolio.toml", ROOT / "site")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("runs/a/metrics.jsonl", Change.RUN),
        ("theme/tokens.toml", Change.THEME),
        ("runfolio.toml", Change.CONFIG),
        ("site/index.html", None),
        ("runs-old/a.jsonl", None),
        ("site-2/x", None),
        ("runs/.runfolio/cache.sqlite", None),
        ("runs/a/__pycache__/x.pyc", None),
        ("notes.txt", None),
    ],
)
def test_classes_of_change(path: str, expected: Change | None) -> None:
    assert classify(ROOT / path, PLACES) == expected


def test_findings_are_told_from_the_runs_around_or_inside_them() -> None:
    around = Watched((ROOT,), (), None, ROOT / "site", findings=ROOT / "findings")
    assert classify(ROOT / "findings/a.md", around) is Change.FINDING
    assert classify(ROOT / "a.jsonl", around) is Change.RUN
    inside = Watched((ROOT / "runs",), (), None, ROOT / "site", findings=ROOT)
    assert classify(ROOT / "runs/a.jsonl", inside) is Change.RUN
    assert classify(ROOT / "a.md", inside) is Change.FINDING


def test_a_site_among_the_watched_folders_does_not_start_itself_again() -> None:
    inside = Watched((ROOT,), (), None, ROOT / "site")
    assert classify(ROOT / "site/index.html", inside) is None
    assert classify(ROOT / "sites.jsonl", inside) is Change.RUN


def test_an_ignored_name_above_the_source_does_not_matter() -> None:
    hidden = Watched((Path("/home/.runfolio/runs"),), (), None, Path("/out"))
    assert classify(Path("/home/.runfolio/runs/a.jsonl"), hidden) is Change.RUN


def test_changes_are_seen_on_a_real_disk(tmp_path: Path) -> None:
    for folder in ("runs", "theme", "site", "findings"):
        (tmp_path / folder).mkdir()
    places = Watched(
        (tmp_path / "runs",),
        (tmp_path / "theme",),
        tmp_path / "runfolio.toml",
        tmp_path / "site",
        findings=tmp_path / "findings",
    )
    stop = threading.Event()
    seen: set[Change] = set()

    def touch() -> None:
        (tmp_path / "runs/a.jsonl").write_text("{}")
        (tmp_path / "theme/tokens.toml").write_text("")
        (tmp_path / "runfolio.toml").write_text("title = 'new'")
        (tmp_path / "site/index.html").write_text("")
        (tmp_path / "findings/new.md").write_text("text")

    timers = [threading.Timer(delay, touch) for delay in (0.5, 3.0)]
    guard = threading.Timer(15, stop.set)
    for timer in (*timers, guard):
        timer.start()
    for found in changes(lambda: places, stop):
        seen |= found
        if seen == set(Change):
            break
    stop.set()
    for timer in (*timers, guard):
        timer.cancel()
    assert seen == set(Change)


def test_changes_in_words() -> None:
    assert described(frozenset({Change.THEME, Change.RUN})) == "runs and theme"
