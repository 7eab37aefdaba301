"""What every reader keeps to, as tests: subclass, give three fixtures, run pytest.

    class TestMyReader(ReaderContract):
        @pytest.fixture
        def reader(self): return MyReader()

        @pytest.fixture
        def valid(self): return Sample({"a/log.my": b"…"}, runs={"log": {"loss": (3, 0.5)}})

        @pytest.fixture
        def broken(self): return {"cut short": {"a/log.my": b"…"}}

`foreign` may be given too: files with names like the reader's that are something else.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from runfolio.catalog.digest import digest
from runfolio.catalog.engine import Job, run_files
from runfolio.catalog.scan import Claim, scan
from runfolio.catalog.storage import LocalStorage
from runfolio.errors import ReadError
from runfolio.model import Problem
from runfolio.readers import Reader, Reading, Signature

#: Path → content.
Tree = Mapping[str, bytes]

#: Truncation is tried at so many places of each file.
_CUTS = 97


@dataclass(frozen=True, slots=True)
class Sample:
    """Files, and what they say: run id → metric → (count, last value)."""

    tree: Tree
    runs: Mapping[str, Mapping[str, tuple[int, float]]]


def write_tree(folder: Path, tree: Tree) -> Path:
    """The folder, with the files in it."""
    for path, content in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


#: A run, what was wrong with no run in particular, why nothing could be read, or None for files of something else.
Result = Reading | Problem | ReadError | None


def read_tree(reader: Reader, folder: Path) -> list[Result]:
    """What the reader says to each of its claims in the folder, in the order of their paths."""
    storage = LocalStorage(folder)
    claims = scan(storage, 0, [reader]).claims
    return [result for claim in claims for result in read_claimed(reader, storage, claim)]


def read_claimed(reader: Reader, storage: LocalStorage, claim: Claim) -> list[Result]:
    """What the reader says to one claim: a run, several, or one None; a ReadError is the last."""
    results: list[Result] = []
    try:
        found = reader.read(run_files(Job(storage, claim), reader))
        if found is None or isinstance(found, Reading):
            return [found]
        results.extend(found)
    except ReadError as error:
        results.append(error)
    return results


def _facts(reading: Result) -> object:
    """All that can be compared of a reading."""
    if not isinstance(reading, Reading):
        return str(reading)
    rows = [
        (b.names, b.step.tobytes(), b.time.tobytes(), b.values.tobytes(), b.priority) for b in reading.rows
    ]
    return reading.run, reading.problems, rows


class ReaderContract:
    """Tests of a reader; see the module's text."""

    @pytest.fixture
    def reader(self) -> Reader:
        """The reader under test."""
        raise NotImplementedError("give the fixture `reader`")

    @pytest.fixture
    def valid(self) -> Sample:
        """Files that are right, and what they say."""
        raise NotImplementedError("give the fixture `valid`")

    @pytest.fixture
    def broken(self) -> Mapping[str, Tree]:
        """Files that are the reader's but damaged: each must give a ReadError, or a run with Problems."""
        raise NotImplementedError("give the fixture `broken`")

    @pytest.fixture
    def foreign(self) -> Mapping[str, Tree]:
        """Files with the names the reader looks for that are something else: each must give None."""
        return {}

    def test_signature_is_data(self, reader: Reader) -> None:
        """Whoever sends it to another process gets the same one."""
        signature = reader.signature
        assert isinstance(signature, Signature)
        assert pickle.loads(pickle.dumps(signature)) == signature
        assert reader.name
        assert reader.version >= 1

    def test_reads_what_is_there(self, reader: Reader, valid: Sample, tmp_path: Path) -> None:
        """Every run, with every metric, its count and its last value."""
        found = {}
        parts = set()
        for reading in read_tree(reader, write_tree(tmp_path, valid.tree)):
            assert isinstance(reading, Reading), reading
            run = digest(reading).run
            parts.add((run.source.path, run.source.part))
            found[run.run_id] = {name: (m.count, m.last) for name, m in run.metrics.items()}
            assert run.source.reader == reader.name
            assert run.source.files, "a reader names the files it read"
        assert found.keys() == valid.runs.keys()
        assert len(parts) == len(found), "runs of one claim have parts of their own"
        for run_id, metrics in valid.runs.items():
            assert found[run_id].keys() == metrics.keys()
            for name, (count, last) in metrics.items():
                assert found[run_id][name][0] == count, name
                np.testing.assert_equal(found[run_id][name][1], last, err_msg=name)

    def test_rows_have_the_shapes_they_promise(self, reader: Reader, valid: Sample, tmp_path: Path) -> None:
        """k names, n steps and times, k x n values; steps are finite."""
        for reading in read_tree(reader, write_tree(tmp_path, valid.tree)):
            assert isinstance(reading, Reading)
            for block in reading.rows:
                assert block.values.shape == (len(block.names), len(block.step))
                assert block.step.shape == block.time.shape
                assert np.isfinite(block.step).all()
                assert block.values.dtype == block.step.dtype == block.time.dtype == np.float64

    def test_damage_is_named(self, reader: Reader, broken: Mapping[str, Tree], tmp_path: Path) -> None:
        """A broken input gives a ReadError or Problems, with a place and a hint."""
        for name, tree in broken.items():
            results = read_tree(reader, write_tree(tmp_path / name, tree))
            assert results, f"{name}: nobody claimed the files"
            for result in results:
                assert result is not None, f"{name}: not recognised"
                if isinstance(result, ReadError):
                    assert result.place, name
                    assert result.hint, name
            said = [result for result in results if isinstance(result, Problem)]
            said += [item for result in results if isinstance(result, Reading) for item in result.problems]
            assert said or any(isinstance(result, ReadError) for result in results), (
                f"{name}: nothing was said"
            )
            assert all(isinstance(problem, Problem) and problem.path for problem in said), name

    def test_what_is_not_mine_is_none(
        self, reader: Reader, foreign: Mapping[str, Tree], tmp_path: Path
    ) -> None:
        """Other programs' files are left alone without a word."""
        for name, tree in foreign.items():
            assert set(read_tree(reader, write_tree(tmp_path / name, tree))) <= {None}, name

    def test_a_truncated_file_raises_nothing_else(
        self, reader: Reader, valid: Sample, tmp_path: Path
    ) -> None:
        """Cut at every place: a run, None or a ReadError, and a run still can be digested."""
        folder = write_tree(tmp_path, valid.tree)
        for path, content in valid.tree.items():
            for cut in range(0, len(content), max(1, len(content) // _CUTS)):
                (folder / path).write_bytes(content[:cut])
                for result in read_tree(reader, folder):
                    if isinstance(result, Reading):
                        digest(result)
            (folder / path).write_bytes(content)

    def test_reading_writes_nothing(self, reader: Reader, valid: Sample, tmp_path: Path) -> None:
        """Not a byte, not a time, not a lock file."""
        folder = write_tree(tmp_path, valid.tree)
        before = _state(folder)
        read_tree(reader, folder)
        assert _state(folder) == before

    def test_the_place_on_disk_does_not_matter(self, reader: Reader, valid: Sample, tmp_path: Path) -> None:
        """The same files in another folder of the same name are the same run, with the same fingerprint."""
        first = read_tree(reader, write_tree(tmp_path / "1" / "runs", valid.tree))
        second = read_tree(reader, write_tree(tmp_path / "2" / "runs", valid.tree))
        assert [_facts(reading) for reading in first] == [_facts(reading) for reading in second]

    def test_the_order_of_files_does_not_matter(self, reader: Reader, valid: Sample, tmp_path: Path) -> None:
        """File systems list in any order."""
        storage = LocalStorage(write_tree(tmp_path, valid.tree))
        for claim in scan(storage, 0, [reader]).claims:
            turned = replace(claim, entries=tuple(reversed(claim.entries)))
            results, again = (read_claimed(reader, storage, item) for item in (claim, turned))
            assert [_facts(result) for result in results] == [_facts(result) for result in again]

    def test_the_fingerprint_follows_the_content(self, reader: Reader, valid: Sample, tmp_path: Path) -> None:
        """A byte more in a file that was read is another fingerprint."""
        folder = write_tree(tmp_path, valid.tree)
        for reading in read_tree(reader, folder):
            assert isinstance(reading, Reading)
            path = folder / reading.run.source.files[0].path
            content = path.read_bytes()
            path.write_bytes(content + b"\n")
            prints = [
                again.run.fingerprint for again in read_tree(reader, folder) if isinstance(again, Reading)
            ]
            assert reading.run.fingerprint not in prints
            path.write_bytes(content)


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
    }
