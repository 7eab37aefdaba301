"""What a build writes, leaves alone, removes and refuses."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from site_parts import LISTS, SUMS, FakeRenderer, broken, data, html, page, plan, times, tree, written

from runfolio.errors import SinkError
from runfolio.pages.scripts import script
from runfolio.site import FolderSink, MemorySink, build_site
from runfolio.site.manifest import MANIFEST_FILE, read_manifest
from runfolio.site.sink import PARTIAL_FILE

INDEX = page("index.html", '<a href="runs/a.html">a</a>')
RUN_A = page("runs/a.html", "a")
RUN_B = page("runs/b.html", "b")
SERIES = data("series/a.1234.js", b"runfolio.register('a', '[]')")


def test_a_first_build_writes_everything_and_a_second_one_nothing(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path / "site")
    renderer = FakeRenderer(assets={"assets/app.12.css": b"body{}"})
    first = build_site(plan(INDEX, RUN_A, files=(SERIES,), runs=1), renderer, sink)
    assert written(first) == ("assets/app.12.css", "index.html", "runs/a.html", "series/a.1234.js")
    assert (first.runs, first.unchanged, first.removed, first.problems) == (1, 0, (), ())
    before = times(sink.root)

    again = FakeRenderer(assets=renderer.assets)
    second = build_site(plan(INDEX, RUN_A, files=(SERIES,), runs=1), again, FolderSink(sink.root))
    assert (written(second), second.unchanged, again.rendered) == ((), 6, [])
    assert times(sink.root) == before


def test_only_the_page_with_other_inputs_is_rendered(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    build_site(plan(INDEX, RUN_A, RUN_B), FakeRenderer(), sink)
    renderer = FakeRenderer()
    report = build_site(plan(INDEX, page("runs/a.html", "changed"), RUN_B), renderer, sink)
    assert renderer.rendered == ["runs/a.html"]
    assert written(report) == ("runs/a.html",)


def test_other_inputs_but_equal_bytes_leave_the_file_alone(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    build_site(plan(page("index.html", "same", "input-1")), FakeRenderer(), sink)
    before = (tmp_path / "index.html").stat().st_mtime_ns
    report = build_site(plan(page("index.html", "same", "input-2")), FakeRenderer(), sink)
    assert (written(report), report.unchanged) == ((), 3)
    assert (tmp_path / "index.html").stat().st_mtime_ns == before
    renderer = FakeRenderer()
    build_site(plan(page("index.html", "same", "input-2")), renderer, sink)
    assert renderer.rendered == [], "the new key was not kept"


def test_another_theme_renders_every_page_but_no_data(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    made: list[str] = []

    def series() -> bytes:
        made.append("series")
        return b"[]"

    from runfolio.pages.plan import FilePlan

    item = FilePlan("series/a.js", ("fingerprint",), series)
    build_site(plan(INDEX, RUN_A, files=(item,)), FakeRenderer(), sink)
    renderer = FakeRenderer(fingerprint="theme-2")
    build_site(plan(INDEX, RUN_A, files=(item,)), renderer, sink)
    assert renderer.rendered == ["index.html", "runs/a.html"]
    assert made == ["series"]


@pytest.mark.parametrize("damage", [b"edited by hand", b"", None], ids=["edited", "emptied", "deleted"])
def test_a_page_touched_by_hand_is_restored(tmp_path: Path, damage: bytes | None) -> None:
    sink = FolderSink(tmp_path)
    build_site(plan(INDEX, RUN_A), FakeRenderer(), sink)
    file = tmp_path / "runs/a.html"
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(damage)
    report = build_site(plan(INDEX, RUN_A), FakeRenderer(), sink)
    assert written(report) == ("runs/a.html",)
    assert file.read_bytes() == html("a")


def test_an_edit_of_the_same_length_is_seen(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    build_site(plan(RUN_A), FakeRenderer(), sink)
    file = tmp_path / "runs/a.html"
    file.write_bytes(file.read_bytes().replace(b"<body>a", b"<body>z"))
    assert written(build_site(plan(RUN_A), FakeRenderer(), sink)) == ("runs/a.html",)


def test_pruning_takes_only_what_an_earlier_build_wrote(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    lonely = page("sweeps/only.html", "x")
    build_site(plan(page("index.html", "i"), RUN_A, RUN_B, lonely), FakeRenderer(), sink)
    (tmp_path / "CNAME").write_text("runs.example.org")
    (tmp_path / "runs/mine.txt").write_text("kept")
    report = build_site(plan(page("index.html", "i"), RUN_A), FakeRenderer(), sink)
    assert report.removed == ("runs/b.html", "sweeps/only.html")
    assert sorted(tree(tmp_path)) == ["CNAME", "index.html", "runs/a.html", "runs/mine.txt"]
    assert not (tmp_path / "sweeps").exists(), "an emptied folder stays behind"


def test_a_failing_page_is_a_problem_and_loses_nothing(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    build_site(plan(page("index.html", "i"), RUN_A, RUN_B), FakeRenderer(), sink)
    before = tree(tmp_path)
    report = build_site(
        plan(page("index.html", "i"), page("runs/a.html", broken, "new")), FakeRenderer(), sink
    )
    assert tree(tmp_path) == before, "the old page and what it may need must stay"
    (problem,) = report.problems
    assert (problem.slug, problem.path) == ("page-failed", "runs/a.html")
    assert "page:runs/a.html" in problem.message
    assert "ZeroDivisionError: no runs left" in problem.message

    mended = build_site(plan(page("index.html", "i"), page("runs/a.html", "new")), FakeRenderer(), sink)
    assert (written(mended), mended.removed) == (("runs/a.html",), ("runs/b.html",))


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, MemoryError])
def test_a_build_that_is_stopped_keeps_the_old_site_and_can_go_on(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    sink = FolderSink(tmp_path)
    build_site(plan(INDEX, RUN_A, RUN_B), FakeRenderer(), sink)

    def interrupt() -> str:
        raise stop

    new = (INDEX, page("runs/a.html", "a2"), page("runs/b.html", interrupt, "b2"), page("runs/c.html", "c"))
    if stop is MemoryError:
        assert build_site(plan(*new), FakeRenderer(), sink).problems[0].slug == "page-failed"
    else:
        with pytest.raises(stop):
            build_site(plan(*new), FakeRenderer(), sink)
    assert (tmp_path / "runs/a.html").read_bytes() == html("a2")
    assert (tmp_path / "runs/b.html").read_bytes() == html("b")

    renderer = FakeRenderer()
    report = build_site(plan(INDEX, page("runs/a.html", "a2"), page("runs/b.html", "b2")), renderer, sink)
    assert "runs/a.html" not in renderer.rendered, "work that was done is not done twice"
    assert written(report) == ("runs/b.html",)
    assert sorted(tree(tmp_path)) == ["index.html", "runs/a.html", "runs/b.html"]


def test_a_killed_first_build_leaves_no_orphan_and_no_refusal(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        pages = [
            page("index.html", "i"),
            page("runs/old.html", "x"),
            page("z.html", lambda: os._exit(9), "z"),
        ]
        build_site(plan(*pages), FakeRenderer(), FolderSink(tmp_path))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (tmp_path / "runs/old.html").exists()
    report = build_site(plan(page("index.html", "i")), FakeRenderer(), FolderSink(tmp_path))
    assert report.unchanged == 1, "the page that was finished is the same, and is not written again"
    assert sorted(tree(tmp_path)) == ["index.html"]


def test_half_a_file_of_a_killed_build_goes(tmp_path: Path) -> None:
    build_site(plan(INDEX, RUN_A), FakeRenderer(), FolderSink(tmp_path))
    (tmp_path / PARTIAL_FILE).write_bytes(b"<!doctype ht")
    assert build_site(plan(INDEX, RUN_A), FakeRenderer(), FolderSink(tmp_path)).written == ()
    assert not (tmp_path / PARTIAL_FILE).exists()


def test_a_folder_with_other_files_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    (tmp_path / "index.html").write_text("mine")
    before = tree(tmp_path)
    with pytest.raises(SinkError) as refusal:
        build_site(plan(page("index.html", "i")), FakeRenderer(), FolderSink(tmp_path))
    assert refusal.value.error_slug == "foreign-folder"
    assert "--adopt" in str(refusal.value)
    assert tree(tmp_path) == before
    assert not (tmp_path / MANIFEST_FILE).exists()

    report = build_site(plan(page("index.html", "i")), FakeRenderer(), FolderSink(tmp_path), adopt=True)
    assert written(report) == ("index.html",)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_file_put_where_a_page_shall_go_is_not_overwritten(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    build_site(plan(page("index.html", "i")), FakeRenderer(), sink)
    (tmp_path / "notes.html").write_text("mine")
    for _ in range(2):
        report = build_site(plan(page("index.html", "i"), page("notes.html", "theirs")), FakeRenderer(), sink)
        assert [problem.slug for problem in report.problems] == ["foreign-file"]
        assert (tmp_path / "notes.html").read_text() == "mine"
    build_site(plan(page("index.html", "i")), FakeRenderer(), sink)
    assert (tmp_path / "notes.html").read_text() == "mine", "it was never ours to remove"


def test_two_pages_for_one_file_give_one_file_and_a_problem() -> None:
    sink = MemorySink()
    clashing = (page("runs/a.html", "first"), page("runs/a.html", "second"), page("runs/A.html", "third"))
    report = build_site(plan(*clashing), FakeRenderer(), sink)
    assert sink.files["runs/a.html"] == html("first")
    assert [problem.slug for problem in report.problems] == ["refused-output"] * 2
    messages = sorted(problem.message for problem in report.problems)
    assert "differ only in case" in messages[0]
    assert "written twice" in messages[1]


@pytest.mark.parametrize(
    "path",
    [
        "../out.html",
        "/etc/passwd",
        "a/../../b",
        "a//b",
        "./a",
        "",
        "con.html",
        "x/NUL",
        "COM1.txt",
        "a.",
        "b ",
        "a:b",
        "c\\d",
        "e\x00f",
        "g?h",
    ],
)
def test_unsafe_paths_are_problems_and_nothing_else_suffers(tmp_path: Path, path: str) -> None:
    report = build_site(
        plan(page(path, "evil"), page("index.html", "i")), FakeRenderer(), FolderSink(tmp_path / "site")
    )
    assert [problem.slug for problem in report.problems] == ["refused-output"]
    assert written(report) == ("index.html",)
    assert sorted(tree(tmp_path)) == ["site/index.html"]


def test_a_link_inside_the_site_leads_no_page_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    site = tmp_path / "site"
    build_site(plan(page("index.html", "i")), FakeRenderer(), FolderSink(site))
    (site / "runs").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SinkError, match="a link leads out of it"):
        build_site(plan(page("index.html", "i"), RUN_A), FakeRenderer(), FolderSink(site))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_manifest_is_the_same_wherever_and_whenever_a_site_is_built(tmp_path: Path) -> None:
    sinks = [FolderSink(tmp_path / "one"), FolderSink(tmp_path / "two")]
    for sink in sinks:
        build_site(plan(INDEX, RUN_A, files=(SERIES,)), FakeRenderer(), sink)
    first, second = (sink.read(MANIFEST_FILE) for sink in sinks)
    assert first == second
    assert first is not None
    assert set(json.loads(first)["files"]) == {*LISTS, "index.html", "runs/a.html", "series/a.1234.js"}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"format": 0, "files": {}}', b'{"format": 1, "files": {"a": 1}}']
)
def test_a_damaged_manifest_costs_a_rebuild_only(tmp_path: Path, content: bytes) -> None:
    sink = FolderSink(tmp_path)
    build_site(plan(INDEX, RUN_A), FakeRenderer(), sink)
    (tmp_path / MANIFEST_FILE).write_bytes(content)
    report = build_site(plan(INDEX, page("runs/a.html", "other")), FakeRenderer(), sink)
    assert (written(report), report.problems) == (("runs/a.html",), ())
    manifest = read_manifest(sink)
    assert manifest is not None
    assert len(manifest.files) == 4


def test_a_manifest_of_a_newer_version_is_respected(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    sink.write(MANIFEST_FILE, b'{"format": 99, "files": {}}')
    with pytest.raises(SinkError, match="newer Runfolio"):
        build_site(plan(INDEX), FakeRenderer(), sink)


def test_a_full_disk_says_so_and_keeps_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = FolderSink(tmp_path)
    sink.write("a.html", b"old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SinkError, match="No space left on device"):
        sink.write("a.html", b"new")
    assert tree(tmp_path) == {"a.html": b"old"}


def test_the_report_has_the_documented_shape() -> None:
    sink = MemorySink()
    build_site(plan(INDEX, RUN_A, RUN_B, runs=2), FakeRenderer(), sink)
    report = build_site(plan(INDEX, page("runs/a.html", broken, "x"), runs=2), FakeRenderer(), sink)
    shape = report.as_json()
    assert list(shape) == ["runs", "written", "unchanged", "removed", "problems", "seconds"]
    assert list(shape["problems"][0]) == ["slug", "severity", "message", "path", "run_id", "hint"]
    assert shape["problems"][0]["severity"] == "error"
    assert all(isinstance(seconds, float) for seconds in shape["seconds"].values())
    assert json.loads(json.dumps(shape, allow_nan=False)) == shape


def test_the_lists_of_checksums_name_every_file_and_every_data_script(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    build_site(plan(INDEX, RUN_A, RUN_B, files=(SERIES,)), FakeRenderer(), sink)
    build_site(plan(INDEX, RUN_A, files=(SERIES,)), FakeRenderer(), sink)
    sums = {path: hashlib.sha256(content).hexdigest() for path, content in tree(tmp_path).items()}
    scripts = {path: digest for path, digest in sums.items() if path.startswith("series/")}
    assert scripts
    assert (tmp_path / LISTS[1]).read_bytes() == script("checksums", scripts)
    sums[LISTS[1]] = hashlib.sha256((tmp_path / LISTS[1]).read_bytes()).hexdigest()
    expected = {f"{digest}  {path}" for path, digest in sums.items()}
    assert set((tmp_path / SUMS).read_text().splitlines()) == expected
