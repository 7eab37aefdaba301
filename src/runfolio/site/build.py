"""Write what changed, leave the rest alone, remove what is no longer planned, check the links. In this order."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from runfolio.errors import RunfolioError, SinkError
from runfolio.model import Problem, Severity
from runfolio.pages.plan import SitePlan
from runfolio.site.ahead import made_ahead
from runfolio.site.checksums import checksums, checksums_script
from runfolio.site.limits import near_limits
from runfolio.site.links import LinkCheck, broken_link_problem, mentions_any
from runfolio.site.manifest import ANNOUNCED, Entry, Manifest, read_manifest, write_manifest
from runfolio.site.plan import PlannedFile, Renders, planned_files
from runfolio.site.report import BuildReport
from runfolio.site.sink import PARTIAL_FILE, Claims, Sink

if TYPE_CHECKING:
    from runfolio.catalog.reporter import Reporter

_log = logging.getLogger("runfolio.site")

_NAMED_BY_DIGEST = ("assets/", "data/", "series/")


def build_site(
    plan: SitePlan,
    renderer: Renders,
    sink: Sink,
    *,
    adopt: bool = False,
    workers: int | None = None,
    reporter: Reporter | None = None,
) -> BuildReport:
    """What was done to bring the sink to the plan. A file whose inputs and bytes are as before is not touched.

    A page that fails becomes the Problem `page-failed`; its old file stays, and nothing is pruned. However the build
    ends, the manifest lists what this and earlier builds wrote, so the next one goes on from there.

    Args:
        plan: what the site shall hold.
        renderer: makes bytes of pages, and brings the theme's assets.
        sink: where the site lies.
        adopt: take over a folder that holds files but no manifest, overwriting files of the same name.
        workers: processes that make pages; None: as many as there are processors and work for.
        reporter: told of progress.

    Raises:
        SinkError: the folder is not a site of ours, or a file cannot be written.
    """
    started = time.perf_counter()
    manifest = _manifest_or_refusal(sink, adopt)
    writer = _Writer(sink, manifest, adopt=adopt or manifest.is_damaged)
    # A build that was killed while it wrote may have left half a file.
    sink.remove(PARTIAL_FILE)
    lists = [checksums_script({}), checksums({})]
    files = writer.admit([*lists, *planned_files(plan, renderer)])
    try:
        writer.announce(files)
        _settle_all(writer, files[len(lists) :], workers, reporter, plan.runs)
        removed = writer.prune()
        for make in (checksums_script, checksums):
            writer.settle(make(writer.entries))
        write_s = time.perf_counter() - started
        writer.check_links(files, removed)
    except BaseException:
        with contextlib.suppress(SinkError):
            writer.save()
        raise
    writer.save()
    return BuildReport(
        runs=plan.runs,
        written=tuple(sorted(writer.written)),
        unchanged=writer.unchanged,
        removed=tuple(removed),
        problems=tuple(sorted({*plan.problems, *writer.problems, *near_limits(writer.entries)})),
        seconds={"write": write_s, "links": time.perf_counter() - started - write_s},
    )


def _manifest_or_refusal(sink: Sink, adopt: bool) -> Manifest:
    manifest = read_manifest(sink)
    if manifest is not None:
        return manifest
    if not adopt and not sink.is_empty():
        raise SinkError(
            "the folder holds files that Runfolio did not write",
            slug="foreign-folder",
            path=sink.name,
            hint="name an empty folder with --out, or say --adopt to build into this one (its other files stay)",
        )
    return Manifest()


def _settle_all(
    writer: _Writer,
    files: Sequence[PlannedFile],
    workers: int | None,
    reporter: Reporter | None,
    runs: int,
) -> None:
    due = {file.path: file for file in files if not writer.is_done(file)}
    with (
        _stage(reporter, "Writing pages", len(files)),
        made_ahead(list(due.values()), workers, runs) as ahead,
    ):
        for file in files:
            if file.path in due:
                writer.settle(file, ahead.make)
            else:
                writer.unchanged += 1
            if reporter is not None:
                reporter.advance()


@contextlib.contextmanager
def _stage(reporter: Reporter | None, name: str, total: int) -> Iterator[None]:
    if reporter is not None:
        reporter.start(name, total)
    try:
        yield
    finally:
        if reporter is not None:
            reporter.finish()


class _Writer:
    """The state of one build: what it found, and what it did to each file so far."""

    def __init__(self, sink: Sink, manifest: Manifest, *, adopt: bool) -> None:
        self.sink = sink
        self.manifest = manifest
        self.adopt = adopt
        self.entries: dict[str, Entry] = dict(manifest.files)
        self.written: list[str] = []
        self.unchanged = 0
        self.problems: list[Problem] = []
        self._planned: set[str] = set()
        self._foreign: set[str] = set()
        self._has_failed_pages = False

    def admit(self, files: Sequence[PlannedFile]) -> list[PlannedFile]:
        """The files whose paths may be written; the others become Problems."""
        claims = Claims()
        admitted = []
        for file in files:
            try:
                claims.add(file.path)
            except SinkError as error:
                self._problem(error.error_slug, error.message, file, error.hint)
            else:
                admitted.append(file)
        self._planned = {file.path for file in admitted}
        return admitted

    def announce(self, files: Sequence[PlannedFile]) -> None:
        """Nothing; the manifest names every file that will be new, so that even a killed build leaves no orphan."""
        new = [file.path for file in files if file.path not in self.manifest.files]
        if not self.adopt:
            self._foreign = {path for path in new if self.sink.state(path) is not None}
        self.entries |= {path: ANNOUNCED for path in new if path not in self._foreign}
        if new:
            write_manifest(self.sink, self.entries)

    def is_done(self, file: PlannedFile) -> bool:
        """True where the file on disk is the planned one already."""
        entry = self.manifest.files.get(file.path)
        return entry is not None and entry.key == file.key and self._is_intact(file.path, entry)

    def settle(
        self, file: PlannedFile, make: Callable[[PlannedFile], bytes] = lambda file: file.make()
    ) -> None:
        """Nothing; the file now is as planned, or a Problem says why not."""
        if self.is_done(file):
            self.unchanged += 1
            return
        entry = self.manifest.files.get(file.path)
        is_intact = entry is not None and self._is_intact(file.path, entry)
        try:
            data = make(file)
        except Exception as error:
            self._failed(file, error)
            return
        sha256 = hashlib.sha256(data).hexdigest()
        is_same = entry.sha256 == sha256 if entry and is_intact else self.sink.read(file.path) == data
        if is_same:
            self.unchanged += 1
        elif file.path in self._foreign:
            message = f"`{file.path}` is there already and was not written by Runfolio: it is left alone"
            self._problem(
                "foreign-file", message, file, "remove or rename the file, or build once with --adopt"
            )
            return
        else:
            self.sink.write(file.path, data)
            self.written.append(file.path)
        self.entries[file.path] = Entry(file.key, sha256, len(data))

    def prune(self) -> list[str]:
        """Paths of files that earlier builds wrote, that are no longer planned, and that are gone now; sorted."""
        if self._has_failed_pages:
            # The old file of a failed page is kept, and it may need other old files.
            return []
        stale = sorted(set(self.manifest.files) - self._planned)
        for path in stale:
            self.sink.remove(path)
            del self.entries[path]
        return [path for path in stale if self.manifest.files[path].key]

    def check_links(self, files: Sequence[PlannedFile], removed: Sequence[str]) -> None:
        """Nothing; links that lead nowhere are Problems, and are kept in the manifest until they are mended."""
        check = LinkCheck(self.sink.read, self.entries)
        written = set(self.written)
        # Names with a digest stand in pages that have it among their inputs: when such a file goes, these were written anew.
        removed = [path for path in removed if not path.startswith(_NAMED_BY_DIGEST)]
        for file in files:
            entry = self.entries.get(file.path)
            if not file.is_page or entry is None or not entry.sha256:
                continue
            is_due = file.path in written or entry.broken
            if not is_due and not (removed and mentions_any(self.sink.read(file.path) or b"", removed)):
                continue
            broken = check.broken(file.path)
            self.entries[file.path] = Entry(entry.key, entry.sha256, entry.size, broken)
            self.problems += [broken_link_problem(file.path, link) for link in broken]

    def save(self) -> None:
        """Nothing; the manifest on disk says what is there."""
        write_manifest(self.sink, self.entries)

    def _is_intact(self, path: str, entry: Entry) -> bool:
        """True where the file still is what was written. It is read only where it changed after the manifest did."""
        state = self.sink.state(path)
        if state is None or state.size != entry.size:
            return False
        if state.changed_ns < self.manifest.written_ns:
            return True
        data = self.sink.read(path)
        return data is not None and hashlib.sha256(data).hexdigest() == entry.sha256

    def _failed(self, file: PlannedFile, error: Exception) -> None:
        _log.debug("%s failed", file.path, exc_info=error)
        self._has_failed_pages = True
        if isinstance(error, RunfolioError):
            cause, hint = f"{error.place}: " * bool(error.place) + error.message, error.hint
        else:
            cause = f"{type(error).__name__}: {error}"
            hint = "this is a fault in Runfolio; RUNFOLIO_TRACEBACK=1 shows where; the old page, if any, was kept"
        self._problem(
            "page-failed", f"page `{file.page_id or file.path}` could not be made: {cause}", file, hint
        )

    def _problem(self, slug: str, message: str, file: PlannedFile, hint: str) -> None:
        self.problems.append(Problem(slug, Severity.ERROR, message, path=file.path, hint=hint))
