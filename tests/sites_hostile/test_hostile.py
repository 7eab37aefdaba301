"""A folder of hostile runs builds, names every problem, and puts nothing on a page but text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from building import build, run_command, tree
from hostile import SECRETS, TRACES, write_hostile_site
from page_check import Page, link_faults, read_pages, script_faults

#: Where the problems are, and what they are called.
EXPECTED = {
    "hostile/no-record/run.json": {"broken-run-file"},
    "hostile/deep/metrics.jsonl": {"broken-line"},
    "hostile/garbage/metrics.jsonl": {"broken-line"},
    "hostile/huge/metrics.jsonl": {"not-a-number"},
    "hostile/newer/run.json": {"newer-schema"},
    "hostile/paths/events.jsonl": {"path-outside", "missing-artifact"},
    "hostile/torn/metrics.jsonl": {"broken-line"},
    "hostile/twin-2": {"duplicate-run-id"},
    "hostile/types/run.json": {"wrong-type"},
    "more/secrets": {"masked-parameter"},
    "more/broken/record-is-a-list/run.json": {"broken-run-file"},
    "more/broken/record-is-empty/run.json": {"broken-run-file"},
    "more/broken/events-are-noise/events.jsonl": {"broken-line"},
    "more/broken/leak/events.jsonl": {"path-outside"},
    "more/broken/nested.jsonl": {"broken-line"},
    "more/broken/noise.jsonl": {"broken-jsonl"},
    "more/broken/deep.json": {"broken-json"},
    "more/broken/half.json": {"broken-json"},
    "more/broken/noise.json": {"broken-json"},
    "more/broken/zeros.json": {"broken-json"},
    "more/broken/noise.csv": {"broken-csv"},
    "more/broken/zeros.csv": {"broken-csv"},
    "more/broken/empty.parquet": {"broken-parquet"},
    "more/broken/half.parquet": {"broken-parquet"},
    "more/broken/noise.parquet": {"broken-parquet"},
    "more/broken/zeros.parquet": {"broken-parquet"},
}
#: Characters that could disguise a name: controls, and marks that turn the direction of what follows.
DISGUISES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("hostile")
    write_hostile_site(project / "runs")
    return project


@pytest.fixture(scope="module")
def report(project: Path) -> dict[str, Any]:
    return build(project)


@pytest.fixture(scope="module")
def files(project: Path, report: dict[str, Any]) -> dict[str, bytes]:
    return tree(project / "site")


@pytest.fixture(scope="module")
def pages(files: dict[str, bytes]) -> dict[str, Page]:
    return read_pages(files)


def test_every_problem_is_named(report: dict[str, Any]) -> None:
    found: dict[str, set[str]] = {}
    for problem in report["problems"]:
        assert problem["message"] and problem["hint"], problem
        assert problem["severity"] in ("error", "warning", "note")
        found.setdefault(re.sub(r":\d+$", "", problem["path"]), set()).add(problem["slug"])
    assert found == EXPECTED


def test_every_problem_stands_on_the_problems_page(report: dict[str, Any], pages: dict[str, Page]) -> None:
    text = pages["problems.html"].text
    for problem in report["problems"]:
        assert problem["slug"] in text
        # Names stand as code, without the marks around them.
        message = " ".join(DISGUISES.sub("\ufffd", problem["message"]).split())
        assert message.replace("`", "") in text.replace("`", "")
        assert problem["path"] in text


def test_what_is_left_of_broken_runs_is_shown(files: dict[str, bytes], report: dict[str, Any]) -> None:
    runs = {run["run_id"]: run for run in json.loads(files["data/runs.json"])}
    assert len(runs) == report["runs"]
    assert runs["million"]["metrics"]["loss"]["count"] == 1_000_000
    assert runs["one-step"]["metrics"]["loss"]["last"] == 0.5
    assert runs["no-steps"]["metrics"] == {}
    assert runs["torn"]["metrics"]["loss"]["count"] == 9
    assert runs["nonfinite"]["metrics"]["loss"]["last"] == "-Infinity"
    assert runs["nonfinite"]["metrics"]["loss"]["nonfinite_count"] == 3
    for name in (
        "newer",
        "types",
        "paths",
        "no-record",
        "garbage",
        "deep",
        "record-is-a-list",
        "events-are-noise",
    ):
        assert name in runs, name
    assert not [run for run in runs.values() if run["source"]["path"].startswith("more/other")]


def test_strict_fails_and_the_plain_build_does_not(project: Path, report: dict[str, Any]) -> None:
    done = run_command(project, "build", "runs", "--out", "site", "--strict")
    assert done.returncode == 1
    for slug in {problem["slug"] for problem in report["problems"]}:
        assert slug in done.stderr
    assert "Traceback" not in done.stderr
    assert not [
        char
        for char in done.stderr + done.stdout
        if unicodedata.category(char) in ("Cc", "Cf") and char != "\n"
    ]


def test_a_second_build_writes_nothing(project: Path, report: dict[str, Any]) -> None:
    again = build(project)
    assert again["written"] == again["removed"] == []
    assert again["problems"] == report["problems"]


def test_addresses_are_injective_on_any_file_system(files: dict[str, bytes], report: dict[str, Any]) -> None:
    ours = [path for path in files if path.startswith("runs/")]
    assert len({path.casefold() for path in ours}) == len(ours) == report["runs"]
    experiments = {run["experiment"] for run in json.loads(files["data/runs.json"])}
    assert len([path for path in files if path.startswith("experiments/")]) == len(experiments)
    assert len({unicodedata.normalize("NFC", path).casefold() for path in files}) == len(files)
    assert all(len(part) <= 120 and part.isascii() for path in files for part in path.split("/"))


def test_pages_hold_no_markup_but_their_own(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert page.faults == [], path
        assert list(script_faults(page)) == [], path
        assert [name for name, count in Counter(page.ids).items() if count > 1] == [], path


def test_every_link_resolves(pages: dict[str, Page], files: dict[str, bytes]) -> None:
    for path, page in pages.items():
        assert list(link_faults(page, pages, files)) == [], path


def test_every_page_can_be_reached_from_the_home_page(pages: dict[str, Page]) -> None:
    from posixpath import dirname, join, normpath
    from urllib.parse import unquote, urlsplit

    reached, waiting = set(), ["index.html"]
    while waiting:
        path = waiting.pop()
        if path in reached or path not in pages:
            continue
        reached.add(path)
        waiting += [
            normpath(join(dirname(path), unquote(urlsplit(value).path)))
            for tag, name, value in pages[path].links
            if tag == "a" and not urlsplit(value).scheme
        ]
    assert set(pages) - reached == {"404.html"}


def test_no_page_holds_a_disguise(files: dict[str, bytes], pages: dict[str, Page]) -> None:
    for path in pages:
        assert not DISGUISES.search(files[path].decode("utf-8")), path


def test_data_scripts_are_one_call_with_plain_texts(files: dict[str, bytes]) -> None:
    calls = [path for path in files if path.startswith(("data/", "series/")) and path.endswith(".js")]
    assert calls
    for path in calls:
        text = files[path].decode("ascii").strip()
        assert text.startswith("runfolio.register(") and text.endswith(");"), path
        key, payload = json.loads(f"[{text.removeprefix('runfolio.register(').removesuffix(');')}]")
        assert isinstance(key, str)
        json.loads(payload, parse_constant=lambda name: pytest.fail(f"{name} is not strict JSON"))
    for path in ("data/runs.json", "data/site.json"):
        json.loads(files[path], parse_constant=lambda name: pytest.fail(f"{name} is not strict JSON"))


def test_secrets_are_nowhere_in_the_site(files: dict[str, bytes], report: dict[str, Any]) -> None:
    leaks = [
        (path, text)
        for path, data in files.items()
        for text in (*SECRETS.values(), *TRACES)
        if text.encode() in data or json.dumps(text)[1:-1].encode() in data
    ]
    assert leaks == []
    masked = {
        match[1]
        for problem in report["problems"]
        if (match := re.match("parameter `(.*)` looks", problem["message"]))
    }
    assert masked == {"api_key", "deep.auth.password", "innocent", "database", "pem"}
    page = files["runs/secrets.html"]
    assert b"4096" in page and b"bpe" in page
    assert not any(text in json.dumps(report) for text in TRACES)


def test_disclose_opens_what_it_names_and_never_a_credential(project: Path) -> None:
    (project / "open.toml").write_text(
        '[site]\ndisclose = ["command", "host", "user", "paths", "variables", "diff"]\n'
    )
    build(project, "runs/more/secrets", "--config", "open.toml", "--out", "open")
    opened = b"".join(tree(project / "open").values())
    for name in ("host", "user", "home", "variable", "argument", "address"):
        assert SECRETS[name].encode() in opened, name
    assert SECRETS["change"].encode() in opened
    for name in ("key", "token", "password", "login", "private"):
        assert SECRETS[name].encode() not in opened, name


def test_artifacts_are_shown_without_being_trusted(files: dict[str, bytes], pages: dict[str, Page]) -> None:
    copies = {path: data for path, data in files.items() if path.startswith("artifacts/")}
    page = next(data for path, data in copies.items() if path.endswith(".html"))
    assert page.startswith(
        b'<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
    )
    links = [link for one in pages.values() for link in one.links if "artifacts/" in link[2]]
    shown = {(tag, value.rpartition(".")[2]) for tag, name, value in links if name == "src"}
    assert shown == {("iframe", "html"), ("img", "svg"), ("img", "png")}
    assert not [path for path, data in copies.items() if b"root:x:0" in data]
