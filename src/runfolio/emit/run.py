"""`Run`: what a training script holds."""

# os.path instead of pathlib, which would double the import time.
# ruff: noqa: PTH109
from __future__ import annotations

import functools
import os
import threading
import time

from runfolio.emit import lifecycle
from runfolio.emit.capture import slow_facts
from runfolio.emit.identity import timestamp
from runfolio.emit.lines import RunLines, reason
from runfolio.emit.record import RunRecord
from runfolio.emit.values import clean, settings
from runfolio.runlog import ALERT_EVENT, ARTIFACT_EVENT, FAILED, FINISHED, NOTE_EVENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Any, Self, TypeVar

    from runfolio.emit.monitor import Monitor
    from runfolio.emit.opening import Opening

    Method = TypeVar("Method", bound=Callable[..., None])

#: Files above this many bytes are referred to, not copied.
REFERENCE_ABOVE = 100_000_000
_LEVELS = ("info", "warning", "error")
_LONGEST_ERROR = 20_000
_CAPTURE_PATIENCE_S = 15.0


def _quietly(method: Method) -> Method:
    """The method, with every error turned into a warning that says what is lost."""

    @functools.wraps(method)
    def quiet(self: Run, *arguments: Any, **named: Any) -> None:
        try:
            method(self, *arguments, **named)
        except Exception as error:
            what = f"{method.__name__}({clean(arguments[0])[:60]!r})" if arguments else f"{method.__name__}()"
            self._notices.once(f"{what} {type(error)}", f"{what} is lost: {reason(error)}")

    return quiet  # type: ignore[return-value]


class Run(RunLines):
    """A run being written; `start` makes it. Any thread may call any method; none raises."""

    def __init__(self, opening: Opening, experiment: str, rank: int) -> None:
        super().__init__(opening, str(rank or ""))
        self.run_id = opening.run_id
        self.experiment = experiment
        #: 0 in the main process of a job, the only one that writes run.json.
        self.rank = rank
        self._owner = rank == 0
        self._over = False
        self._record = RunRecord(
            opening.folder, {**opening.fields, "run_id": opening.run_id, "experiment": experiment}
        )
        self._capturing: threading.Thread | None = None
        self._monitor: Monitor | None = None

    @property
    def path(self) -> Path:
        """The run's folder."""
        from pathlib import Path

        return Path(self._folder)

    @property
    def name(self) -> str:
        """What people call the run."""
        return str(self._record.get("name") or self.run_id)

    def __repr__(self) -> str:
        return f"<Run {self.run_id} of {self.experiment}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish; as failed, with the traceback, when the block raised. `sys.exit()` and `sys.exit(0)` are no failure."""
        if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
            self.finish()
        else:
            self.finish(FAILED, error=error)

    @_quietly
    def set_parameters(self, parameters: object = None, /, **named: object) -> None:
        """Add settings, or change them; nested ones are merged."""
        if self._may_describe("parameters"):
            given = {**({} if parameters is None else settings(parameters)), **settings(named)}
            self._record.merge("parameters", given)

    @_quietly
    def add_tags(self, *tags: str) -> None:
        """Add words to find the run by."""
        if self._may_describe("tags"):
            self._record.extend("tags", [clean(tag) for tag in tags])

    @_quietly
    def data(
        self,
        name: str,
        path: str | os.PathLike[str] | None = None,
        *,
        uri: str | None = None,
        sha256: str | None = None,
    ) -> None:
        """Say which data the run uses. Of a `path`, file or folder, the digest is taken, which reads all of it."""
        if not self._may_describe("data"):
            return
        if path is not None:
            from runfolio.emit.media import digest_of

            uri, sha256 = uri or os.fspath(path), sha256 or digest_of(os.fspath(path))
        entry = {"name": clean(name), "uri": uri and clean(uri), "sha256": sha256}
        self._record.extend("data", [{key: value for key, value in entry.items() if value is not None}])

    @_quietly
    def note(self, markdown: str) -> None:
        """Add Markdown to the run's notes."""
        self._event(NOTE_EVENT, {"text": clean(markdown)})

    @_quietly
    def alert(self, title: str, text: str = "", level: str = "info") -> None:
        """Say something a person should notice; level `info`, `warning` or `error`."""
        if level not in _LEVELS:
            text_of_levels = ", ".join(_LEVELS)
            self._notices.once(
                f"level {level}", f"alert level {level!r} is none of {text_of_levels}; info taken"
            )
            level = "info"
        self._event(ALERT_EVENT, {"title": clean(title), "text": clean(text), "level": level})

    @_quietly
    def artifact(
        self,
        source: str | os.PathLike[str] | bytes,
        name: str | None = None,
        *,
        kind: str | None = None,
        step: int | None = None,
        reference_above: int = REFERENCE_ABOVE,
    ) -> None:
        """Keep a file: bytes and files are copied in; URIs, and files above `reference_above` bytes, are referred to.

        Args:
            source: content, path of a file or folder, or a URI.
            name: may have folders; the source's own when absent.
            kind: one of `media.KINDS`; from the ending when absent.
            step: which of several of that name this is.
            reference_above: bytes.
        """
        from runfolio.emit.media import kept

        step = None if step is None else self._step_for(step)
        for fields in kept(self._folder, source, name, kind, step, reference_above):
            self._event(ARTIFACT_EVENT, fields)

    @_quietly
    def figure(self, figure: Any, name: str = "figure", *, step: int | None = None) -> None:
        """Keep a Plotly figure (as JSON) or a Matplotlib figure (as SVG, or PNG where the SVG is large)."""
        from runfolio.emit.figure import kept_figure

        step = None if step is None else self._step_for(step)
        self._event(ARTIFACT_EVENT, kept_figure(self._folder, figure, name, step))

    @_quietly
    def table(self, rows: Any, name: str = "table", *, step: int | None = None) -> None:
        """Keep rows (mappings, one a row; or name → column) or a data frame as CSV."""
        from runfolio.emit.figure import kept_table

        step = None if step is None else self._step_for(step)
        self._event(ARTIFACT_EVENT, kept_table(self._folder, rows, name, step))

    def finish(
        self, status: str = FINISHED, *, error: BaseException | str | None = None, seal: bool = False
    ) -> None:
        """End the run; calling it again does nothing.

        Args:
            status: `finished` or `failed`.
            error: why it failed; of an exception the traceback is kept.
            seal: turn the rows into Parquet, which needs all that Runfolio depends on.
        """
        with self._lock:
            if self._over:
                return
            self._over = True
        lifecycle.closed(self)
        if self._monitor is not None:
            self._monitor.stop()
        if self._capturing is not None:
            self._capturing.join(_CAPTURE_PATIENCE_S)
        self._say_what_was_lost()
        if self._owner:
            self._write_end(status, error)
        self._abandon()
        if seal and self._owner:
            self._seal()

    def _become_worker(self) -> None:
        super()._become_worker()
        self._owner = False
        self._capturing = self._monitor = None

    # Facts about the start

    def _may_describe(self, what: str) -> bool:
        if not self._owner:
            self._notices.once(what, f"{what} are kept by the main process of a run; set them there")
        return self._owner

    def _capture(self, parts: frozenset[str]) -> None:
        """Find out, beside the training, what takes its time, and add it to run.json."""
        directory, environment = os.getcwd(), self._record.get("environment") or {}

        def capture() -> None:
            try:
                self._record.update(slow_facts(parts, directory, self._folder, environment))
            except Exception as error:
                self._disk_fails("run.json", error, "environment and git are lost")

        if parts:
            self._capturing = threading.Thread(target=capture, name="runfolio-capture", daemon=True)
            self._capturing.start()

    def _watch(self, interval_s: float) -> None:
        from runfolio.emit.monitor import Monitor

        self._monitor = Monitor(self._log_sample, interval_s)

    # The end

    def _write_end(self, status: str, error: BaseException | str | None) -> None:
        if status not in (FINISHED, FAILED):
            self._notices.once("status", f"status {status!r} is neither finished nor failed; failed taken")
            status = FAILED
        if isinstance(error, BaseException):
            from traceback import format_exception

            error = "".join(format_exception(error))
        ended_at = timestamp(time.time())
        try:
            text = None if error is None else clean(error)[-_LONGEST_ERROR:]
            self._record.update({"status": status, "ended_at": ended_at, "error": text})
        except Exception as failure:
            self._disk_fails("run.json", failure, "the end of the run is lost")

    def _seal(self) -> None:
        from importlib import import_module

        try:
            # By name, because the emitter stands below the catalog and does without it everywhere else.
            import_module("runfolio.catalog.seal").seal_run(self.path)
        except Exception as error:
            self._notices.once("seal", f"not sealed, the rows stay as they are: {reason(error)}")
