"""Files that hold several runs, folders that a run shares with others, and files that lie elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from runfolio.catalog import Catalog, engine, metric_rows, read, read_catalog
from runfolio.catalog.storage import LocalStorage
from runfolio.errors import ReadError
from runfolio.model import Problem, Run, RunStatus, Severity
from runfolio.readers import BUILT_IN, Reading, RowBlock, RunFiles, Signature
from runfolio.testing.reader_contract import write_tree

Use = Callable[..., None]


def reading(files: RunFiles, reader: str, run_id: str, values: list[float], part: str = "") -> Reading:
    run = Run(
        run_id=run_id,
        experiment="e",
        name=run_id,
        status=RunStatus.FINISHED,
        source=files.source(reader, part),
        fingerprint=files.fingerprint(reader, part),
    )
    step = np.arange(len(values), dtype=float)
    return Reading(
        run, (RowBlock(("loss",), step, np.full(len(values), np.nan), np.array([values], dtype=float)),)
    )


class StoreReader:
    """`{"a": [1, 2], "b": "broken"}`: a run a key; a text is a problem, and `null` ends the reading."""

    name, version = "store", 1
    signature = Signature(names=("*.store",), subfolders=("files",))

    def read(self, files: RunFiles) -> Iterable[Reading | Problem] | None:
        path = files.path.rpartition("/")[2]
        content = json.loads(files.read(path))
        return self._runs(files, content) if isinstance(content, dict) else None

    def _runs(
        self, files: RunFiles, content: dict[str, list[float] | str | None]
    ) -> Iterable[Reading | Problem]:
        for name, values in content.items():
            if values is None:
                raise ReadError(
                    "the rest is cut off",
                    slug="broken-store",
                    path=files.place(files.path),
                    hint="copy it again",
                )
            if isinstance(values, str):
                yield Problem(
                    "broken-store", Severity.WARNING, values, files.place(files.path), hint="mend it"
                )
            else:
                yield reading(files, self.name, name, values, part=name)


class PartReader:
    """`part.txt` in a folder, its experiment's settings one folder above; the rest of the folder is not its own."""

    name, version = "part", 1
    signature = Signature(
        names=("part.txt",), also=("../above.txt", ".hidden/in.txt"), takes_folder=True, shares_folder=True
    )

    def read(self, files: RunFiles) -> Reading | None:
        values = [float(value) for path in sorted(files.entries) for value in files.read(path).split()]
        return reading(files, self.name, files.parts[-1], values)


class MarkedReader:
    """A folder with a hidden one in it."""

    name, version = "marked", 1
    signature = Signature(
        takes_folder=True, with_folders=(".mark",), subfolders=(".mark",), enters=(".deep",)
    )

    def read(self, files: RunFiles) -> Reading | None:
        return reading(files, self.name, files.parts[-1], [float(files.read(".mark/value"))])


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    def put(*readers: object) -> None:
        for module in (engine, read):
            monkeypatch.setattr(module, "all_readers", lambda: (*readers, *BUILT_IN))

    return put


def losses(catalog: Catalog) -> dict[str, float]:
    return {run.run_id: run.metrics["loss"].last for run in catalog.runs}


def test_one_file_gives_many_runs_and_they_come_from_the_cache(tmp_path: Path, use: Use) -> None:
    use(StoreReader())
    runs = write_tree(tmp_path / "runs", {"x.store": b'{"a": [1, 2], "b": "b is broken", "c": [3]}'})
    cache = tmp_path / "cache.sqlite"
    first = read_catalog([runs], cache=cache)
    assert losses(first) == {"a": 2, "c": 3}
    assert [(item.message, item.path) for item in first.problems] == [("b is broken", "x.store")]
    again = read_catalog([runs], cache=cache)
    assert again.runs == first.runs
    assert again.problems == first.problems
    for catalog in (first, again, read_catalog([runs])):
        run = catalog.runs[1]
        assert catalog.series(run)[0].value.tolist() == [3]
        assert [rows.value.tolist() for rows in metric_rows(catalog, run)] == [[3]]


def test_a_run_that_is_gone_from_a_store_is_gone_from_the_cache(tmp_path: Path, use: Use) -> None:
    use(StoreReader())
    cache = tmp_path / "cache.sqlite"
    runs = write_tree(tmp_path / "runs", {"x.store": b'{"a": [1], "b": [2], "c": [3]}'})
    read_catalog([runs], cache=cache)
    write_tree(runs, {"x.store": b'{"c": [4]}'})
    assert losses(read_catalog([runs], cache=cache)) == {"c": 4}
    assert losses(read_catalog([runs], cache=cache)) == {"c": 4}


def test_what_came_before_the_damage_is_kept(tmp_path: Path, use: Use) -> None:
    use(StoreReader())
    runs = write_tree(
        tmp_path / "runs", {"x.store": b'{"a": [1], "b": null, "c": [3]}', "y.jsonl": b'{"loss": 5}\n'}
    )
    catalog = read_catalog([runs])
    assert losses(catalog) == {"a": 1, "y": 5}
    assert [item.slug for item in catalog.problems] == ["broken-store"]


def test_runs_of_one_id_in_one_store_are_told_apart(tmp_path: Path, use: Use) -> None:
    use(StoreReader())
    tree = {"x.store": b'{"a": [1]}', "y.store": b'{"a": [2]}', "z.store": b'{"a": [3]}'}
    assert len(read_catalog([write_tree(tmp_path / "runs", tree)]).runs) == 3


def test_folders_beside_a_store_are_its_own_unless_it_is_none(tmp_path: Path, use: Use) -> None:
    use(StoreReader())
    tree = {"x.store": b'{"a": [1]}', "files/y.jsonl": b'{"loss": 5}\n', "other/z.jsonl": b'{"loss": 6}\n'}
    runs = write_tree(tmp_path / "runs", tree)
    assert losses(read_catalog([runs])) == {"a": 1, "z": 6}
    write_tree(runs, {"x.store": b"[]"})
    assert losses(read_catalog([runs])) == {"y": 5, "z": 6}


class OtherStoreReader(StoreReader):
    """Knows no file, but would have the folder `other` beside it."""

    name = "other-store"
    signature = Signature(names=("*.store",), subfolders=("other",))

    def read(self, files: RunFiles) -> Iterable[Reading | Problem] | None:
        return None


class StemReader(StoreReader):
    """Takes a file with the same name and another ending besides."""

    name = "stem"
    signature = Signature(names=("*.store",), also=("{stem}.more",))

    def read(self, files: RunFiles) -> Iterable[Reading | Problem] | None:
        more = [path for path in files.entries if path.endswith(".more")]
        return [
            reading(
                files, self.name, files.name, [float(len(more)), *(float(files.read(path)) for path in more)]
            )
        ]


def test_files_of_the_same_stem_go_along(tmp_path: Path, use: Use) -> None:
    use(StemReader())
    tree = {"a[1].store": b"", "a[1].more": b"5", "a1.more": b"6", "b.store": b""}
    assert losses(read_catalog([write_tree(tmp_path / "runs", tree)])) == {"a[1].store": 5, "b.store": 0}


def test_a_folder_beside_a_store_that_its_reader_does_not_want_is_looked_at(tmp_path: Path, use: Use) -> None:
    use(OtherStoreReader(), StoreReader())
    tree = {"x.store": b'{"a": [1]}', "files/y.jsonl": b'{"loss": 5}\n', "other/z.jsonl": b'{"loss": 6}\n'}
    runs = write_tree(tmp_path / "runs", tree)
    cache = tmp_path / "cache.sqlite"
    assert losses(read_catalog([runs], cache=cache)) == {"a": 1, "z": 6}
    assert losses(read_catalog([runs], cache=cache)) == {"a": 1, "z": 6}


def test_a_shared_folder_is_looked_at_like_any_other(tmp_path: Path, use: Use) -> None:
    use(PartReader())
    tree = {
        "group/above.txt": b"1",
        "group/run/part.txt": b"2",
        "group/run/.hidden/in.txt": b"0",
        "group/run/other.jsonl": b'{"loss": 5}\n',
        "group/run/below/part.txt": b"7",
    }
    assert losses(read_catalog([write_tree(tmp_path / "runs", tree)])) == {"run": 2, "other": 5, "below": 7}


def test_nothing_outside_the_source_is_read(tmp_path: Path, use: Use) -> None:
    use(PartReader())
    write_tree(tmp_path, {"above.txt": b"1", "runs/part.txt": b"2"})
    (run,) = read_catalog([tmp_path / "runs"]).runs
    assert run.metrics["loss"].count == 1
    (run,) = read_catalog([tmp_path]).runs
    assert run.metrics["loss"].count == 2


def test_a_change_above_is_seen(tmp_path: Path, use: Use) -> None:
    use(PartReader())
    runs = write_tree(tmp_path / "runs", {"above.txt": b"1", "run/part.txt": b"2"})
    cache = tmp_path / "cache.sqlite"
    (before,) = read_catalog([runs], cache=cache).runs
    write_tree(runs, {"above.txt": b"1 3"})
    (after,) = read_catalog([runs], cache=cache).runs
    assert after.metrics["loss"].count == before.metrics["loss"].count + 1
    assert after.fingerprint != before.fingerprint


def test_a_hidden_folder_marks_a_run_and_some_are_entered(tmp_path: Path, use: Use) -> None:
    use(MarkedReader())
    tree = {
        "one/.mark/value": b"1",
        "one/below.jsonl": b'{"loss": 5}\n',
        ".deep/two/.mark/value": b"2",
        ".other/three/.mark/value": b"3",
    }
    assert losses(read_catalog([write_tree(tmp_path / "runs", tree)])) == {"one": 1, "two": 2}


class NearReader:
    """`a.near`, with `a/in.txt` and all `*-side/in.txt`: the names of what it sees are a run's parameters."""

    name, version = "near", 1
    signature = Signature(names=("*.near",), also=("{stem}/in.txt", "*-side/in.txt", "../*-side/in.txt"))

    def read(self, files: RunFiles) -> Reading | None:
        seen = [path for path in sorted(files.entries) if files.read(path) is not None]
        return reading(files, self.name, files.name, [float(len(seen))])


def test_names_of_folders_may_be_globs_and_follow_the_files_own(tmp_path: Path, use: Use) -> None:
    use(NearReader())
    write_tree(
        tmp_path,
        {
            "e/a.near": b"",
            "e/b.c.near": b"",
            "e/a/in.txt": b"",
            "e/b.c/in.txt": b"",
            "e/x-side/in.txt": b"",
            "y-side/in.txt": b"",
            "y-side/other.txt": b"",
        },
    )
    runs = {run.run_id: run for run in read_catalog([tmp_path], workers=1).runs}
    assert {name: [file.path for file in run.source.files] for name, run in runs.items()} == {
        "a.near": ["e/a.near", "e/a/in.txt", "e/x-side/in.txt", "y-side/in.txt"],
        "b.c.near": ["e/b.c.near", "e/b.c/in.txt", "e/x-side/in.txt", "y-side/in.txt"],
    }


def test_what_lies_above_many_runs_is_listed_once(
    tmp_path: Path, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(PartReader())
    write_tree(tmp_path, {"e/above.txt": b"9"} | {f"e/{k}/part.txt": b"1" for k in range(50)})
    listed: list[str] = []
    plain = LocalStorage.list
    monkeypatch.setattr(LocalStorage, "list", lambda self, path: listed.append(path) or plain(self, path))
    assert len(read_catalog([tmp_path], workers=1).runs) == 50
    assert listed.count("e") <= 3
