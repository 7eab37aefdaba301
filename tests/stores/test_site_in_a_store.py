"""A site in a bucket: the same bytes as in a folder, written once, the manifest last, nobody else's files touched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from store_parts import Command, Server, write_runs

from runfolio.errors import SinkError
from runfolio.place import StoreUrl
from runfolio.site.manifest import ANNOUNCED, MANIFEST_FILE, Entry, manifest_bytes, read_manifest
from runfolio.site.store_sink import StoreSink
from runfolio.stores import store


def bodies(url: str) -> dict[str, bytes]:
    """Every file of a place."""
    _, rows = store.call("list_all", url)
    numbers = {path: store.ask("read", url, path) for path, _, _, is_folder in rows if not is_folder}
    return {path: store.answer(number) for path, number in numbers.items()}


def puts(calls: list[tuple[str, str]]) -> list[str]:
    return [path for method, path in calls if method == "PUT" and not path.endswith("/")]


def test_a_site(bucket: str, server: Server, tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 4)
    site = f"{bucket}/pages/site"
    before = len(server.calls())
    assert command("build", runs, "--out", site).code == 0
    written = puts(server.calls(before))
    command("build", runs, "--out", "here")
    here = {
        path.relative_to("here").as_posix(): path.read_bytes()
        for path in Path("here").rglob("*")
        if path.is_file()
    }
    assert bodies(site) == here
    assert written[0].endswith(MANIFEST_FILE) and written[-1].endswith(MANIFEST_FILE)
    types = {
        name: server.ask("HEAD", f"/{site[5:]}/{name}").headers["Content-Type"]
        for name in ("index.html", "data/runs.json")
    }
    assert types == {
        "index.html": "text/html; charset=utf-8",
        "data/runs.json": "application/json; charset=utf-8",
    }

    before = len(server.calls())
    again = command("build", runs, "--out", site, "--json").json
    assert (again["written"], again["removed"]) == ([], [])
    assert puts(server.calls(before)) == []

    shutil.rmtree(runs / "sweep/run-2")
    changed = command("build", runs, "--out", site, "--json").json
    assert "runs/run-2.html" in changed["removed"]
    command("build", runs, "--out", "here")
    here = {
        path.relative_to("here").as_posix(): path.read_bytes()
        for path in Path("here").rglob("*")
        if path.is_file()
    }
    assert bodies(site) == here


def test_an_earlier_site_in_a_store(bucket: str, tmp_path: Path, command: Command) -> None:
    """Its runs' values are there for claims; a site of the store compared with itself remembers its last change."""
    runs = write_runs(tmp_path / "runs", 4)
    site = f"{bucket}/earlier"
    command("build", runs, "--out", site)
    gate = '[[gate]]\nis = "not worse"\nmetric = "loss"\nagainst = "earlier site"\nundecided = "fail"\n'
    (tmp_path / "gate.toml").write_text(gate)
    arguments = ("check", runs, "--config", tmp_path / "gate.toml", "--against")
    same = command(*arguments, site)
    assert same.code == 0 and "the same runs as there" in same.out, same.out + same.err
    missing = command(*arguments, f"{bucket}/nothing")
    assert missing.code == 2 and "there is no record of an earlier build here" in missing.err
    own = ("build", runs, "--out", site, "--against", site, "--json")
    write_runs(runs, 1, first=4)
    assert "index.html" in command(*own).json["written"]
    assert "1 run added" in bodies(site)["index.html"].decode()
    assert command(*own).json["written"] == []


def test_a_page_that_somebody_changed_is_made_again(bucket: str, tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 2)
    site = f"{bucket}/site"
    command("build", runs, "--out", site)
    good = bodies(site)["index.html"]
    store.call("write", site, "index.html", b"x" * len(good), "")
    store.call("remove", site, "404.html")
    assert command("build", runs, "--out", site, "--json").json["written"] == ["404.html", "index.html"]
    assert bodies(site)["index.html"] == good


def test_a_place_with_other_files_is_refused(bucket: str, tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 1)
    store.call("write", f"{bucket}/site", "mine.txt", b"mine", "text/plain")
    refused = command("build", runs, "--out", f"{bucket}/site")
    assert refused.code == 1 and "files that Runfolio did not write" in refused.err
    assert command("build", runs, "--out", f"{bucket}/site", "--adopt").code == 0
    assert bodies(f"{bucket}/site")["mine.txt"] == b"mine"


def test_two_builds_at_once_find_out_and_the_next_looks_at_every_file(bucket: str) -> None:
    url = StoreUrl(f"{bucket}/site")
    entry = Entry("key", "digest", 1)
    first, second = StoreSink(url), StoreSink(url)
    assert read_manifest(first) is None and read_manifest(second) is None
    for sink, page in ((first, "a.html"), (second, "b.html")):
        if sink is second:
            with pytest.raises(SinkError, match="at the same time"):
                sink.write(MANIFEST_FILE, manifest_bytes({page: entry}), durable=True)
        else:
            sink.write(MANIFEST_FILE, manifest_bytes({page: entry}), durable=True)
    with pytest.raises(SinkError, match="at the same time"):
        second.write("b.html", b"b")
    manifest = read_manifest(StoreSink(url))
    assert manifest is not None
    assert manifest.files == {"a.html": ANNOUNCED, "b.html": ANNOUNCED}
    with pytest.raises(SinkError, match="at the same time"):
        first.write(MANIFEST_FILE, manifest_bytes({"a.html": entry}), durable=True)


def test_unsafe_paths_are_refused(bucket: str) -> None:
    with StoreSink(StoreUrl(f"{bucket}/site")) as sink:
        for path in ("../x", "/x", "a//b", "con.html"):
            with pytest.raises(SinkError):
                sink.write(path, b"")
        assert sink.is_empty()
