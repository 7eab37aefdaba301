"""JUnit XML: counts of a test run and the time of each test. Read with expat; a file with a document type is refused."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from runfolio.errors import ReadError
from runfolio.model import Environment, Goal, Run, RunStatus
from runfolio.readers.benchmark_run import Measured, benchmark_reading, file_identity, moment
from runfolio.readers.formats import FORMATS
from runfolio.readers.number import clean, number_of_text
from runfolio.readers.reader import Reading, RunFiles

#: With more tests than that, times are those of the classes.
_MOST_TESTS = 500
_ROOTS = ("testsuites", "testsuite")
_OUTCOMES = {"failure": "failures", "error": "errors", "skipped": "skipped"}
_SHOWN = 20


class _NotOursError(Exception):
    """The root is another one."""


class _RefusedError(Exception):
    """The file has a document type, which could name entities and other files."""


@dataclass(slots=True)
class _Tests:
    """What the file says."""

    counts: dict[str, int] = field(
        default_factory=lambda: {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    )
    times: list[tuple[str, str, float]] = field(default_factory=list)
    """Class, test, seconds."""
    bad: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    host: str | None = None
    depth: int = 0
    case: str = ""


class JunitReader:
    """Reads a file of test results as one run."""

    name = "junit"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None when the file is other XML."""
        path = files.path.rpartition("/")[2]
        body = files.read(path)
        if b"<testsuite" not in body:
            return None
        try:
            tests = _parsed(body)
        except _NotOursError:
            return None
        except _RefusedError as error:
            raise _broken(files, path, None, "has a document type, which is not read") from error
        except expat.ExpatError as error:
            raise _broken(
                files, path, error.lineno, f"is no whole XML ({expat.errors.messages[error.code]})"
            ) from error
        run_id, experiment = file_identity(files)
        starts = [found for found in map(moment, tests.started) if found is not None]
        run = Run(
            run_id=run_id,
            experiment=experiment,
            name=run_id,
            status=RunStatus.FAILED if tests.bad else RunStatus.FINISHED,
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=min(starts, default=None),
            duration_s=math.fsum(time for _, _, time in tests.times) if tests.times else None,
            environment=Environment(host=tests.host, variables=tests.properties),
            error=_error(tests.bad),
        )
        return benchmark_reading(run, _measured(tests))


def _broken(files: RunFiles, path: str, line: int | None, what: str) -> ReadError:
    return ReadError(
        f"the JUnit file {what}",
        slug="broken-junit",
        path=files.place(path, line),
        hint="it may have been cut short while it was written; write it again, or remove it",
    )


def _parsed(body: bytes) -> _Tests:
    """Counts, times and names; entities are never expanded, no other file is ever opened."""
    tests = _Tests()
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise _RefusedError

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, given: _start(tests, name, given)
    parser.EndElementHandler = lambda name: _end(tests, name)
    parser.Parse(body, True)
    return tests


def _start(tests: _Tests, name: str, given: Mapping[str, str]) -> None:
    if tests.depth == 0 and name not in _ROOTS:
        raise _NotOursError
    tests.depth += 1
    if name == "testsuite":
        tests.started += [given["timestamp"]] if "timestamp" in given else []
        tests.host = tests.host or given.get("hostname") or None
    elif name == "testcase":
        owner, test = given.get("classname", ""), given.get("name", "")
        tests.case = f"{owner}/{test}" if owner else test
        tests.counts["tests"] += 1
        time = number_of_text(given.get("time", "").replace(",", ""))
        if time is not None and math.isfinite(time):
            tests.times.append((owner or "tests", test, time))
    elif name in _OUTCOMES and tests.case:
        tests.counts[_OUTCOMES[name]] += 1
        if name != "skipped":
            tests.bad.append(tests.case)
    elif name == "property" and "name" in given:
        tests.properties[clean(given["name"])] = clean(given.get("value", ""))


def _end(tests: _Tests, name: str) -> None:
    tests.depth -= 1
    if name == "testcase":
        tests.case = ""


def _measured(tests: _Tests) -> Iterator[Measured]:
    counts = tests.counts
    passed = counts["tests"] - counts["skipped"] - len(set(tests.bad))
    yield Measured("passed", float(passed), "", Goal.MAXIMIZE)
    for name, count in counts.items():
        yield Measured(name, float(count), "", Goal.MINIMIZE if name in ("failures", "errors") else Goal.NONE)
    if tests.times:
        yield Measured("time", math.fsum(time for _, _, time in tests.times))
    if len(tests.times) <= _MOST_TESTS:
        for owner, test, time in tests.times:
            yield Measured(f"time/{owner}/{test}", time)
        return
    classes: dict[str, list[float]] = {}
    for owner, _, time in tests.times:
        classes.setdefault(owner, []).append(time)
    for owner, times in classes.items():
        yield Measured(f"time/{owner}", math.fsum(times))


def _error(bad: list[str]) -> str | None:
    """Names of the tests that failed; their messages may hold paths and more, and stay in the file."""
    if not bad:
        return None
    names = list(dict.fromkeys(map(clean, bad)))
    more = f"\n… and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return "\n".join(names[:_SHOWN]) + more
