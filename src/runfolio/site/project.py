"""A project: where its runs lie, how its site shall look, where it goes. Builds it, and builds again what changed."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio import __version__
from runfolio.catalog import Catalog, read_catalog
from runfolio.catalog.catalog import sorted_problems
from runfolio.catalog.outcome import DIGEST_VERSION
from runfolio.catalog.reporter import Reporter
from runfolio.config import CONFIG_FILE, Config, load_config
from runfolio.errors import ConfigError, NothingFoundError, SinkError, UsageError
from runfolio.findings.folder import Findings
from runfolio.model import RunStatus
from runfolio.pages.plan import SitePlan
from runfolio.place import Place, StoreUrl, WebUrl, place, site_place
from runfolio.readers import all_readers, plugin_problems
from runfolio.site.build import build_site
from runfolio.site.last_build import LastBuild, forget, manifest_digest, place_of, remember, untouched
from runfolio.site.limits import near_limits
from runfolio.site.lock import site_lock
from runfolio.site.manifest import read_manifest
from runfolio.site.plan import KEY_FORMAT, Renders, digest
from runfolio.site.report import BuildReport
from runfolio.site.sink import FolderSink, Sink
from runfolio.site.store_sink import StoreSink
from runfolio.site.watch import EVERYTHING, Change, Watched

if TYPE_CHECKING:
    from runfolio.pages.changes import Previous
    from runfolio.site.check import CheckReport

#: Problems whose cause may vanish without a change of a file that was listed.
_PASSING = (
    "page-failed",
    "refused-output",
    "foreign-file",
    "unreadable-file",
    "unreadable-folder",
    "reader-died",
    "cache-unusable",
    "scheduler-lost",
    "finding",
)

DEFAULT_SOURCE = "runs"
CACHE_FILE = ".runfolio/cache.sqlite"
THEME_FOLDER = "theme"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a call or command line says; None and empty leave the word to the configuration."""

    sources: tuple[Place, ...] = ()
    out: Place | None = None
    config: Path | None = None
    theme: str | None = None
    adopt: bool = False
    workers: int | None = None
    use_cache: bool = True
    scheduler: str | None = None
    """Address of a Dask scheduler whose workers read the runs, or `local`."""
    readers: tuple[str, ...] = ()
    """Names of the readers that alone may read the sources."""
    against: Place | WebUrl | None = None
    """An earlier site, or its record, to say what changed since."""


@dataclass(slots=True)
class Project:
    """Reads, plans and writes one site; keeps what the next build can use again."""

    wishes: Wishes = field(default_factory=Wishes)
    reporter: Reporter | None = None
    on_wait: Callable[[], None] | None = None
    """Called when another build of the same site is at work."""
    while_writing: Callable[[], AbstractContextManager[None]] = nullcontext
    """Entered around the part of a build that changes the site."""
    is_tolerant: bool = False
    """Faults of findings become Problems and stand on their pages, instead of keeping the site from being built."""
    config: Config = field(init=False)
    _catalog: Catalog | None = field(init=False, default=None)
    _renderer: Renders | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.config = load_config(self.wishes.config)

    @property
    def sources(self) -> tuple[Place, ...]:
        """The folders, files and URLs to read: those asked for, else the configured, else `runs`."""
        if self.wishes.sources:
            return self.wishes.sources
        return tuple(place(source, self.config.folder) for source in self.config.sources or (DEFAULT_SOURCE,))

    @property
    def _readers(self) -> list[tuple[str, ...]]:
        """For each source the readers that were chosen for it."""
        if self.wishes.readers or self.wishes.sources:
            return [self.wishes.readers] * len(self.sources)
        return [self.config.readers.get(source, ()) for source in self.config.sources or (DEFAULT_SOURCE,)]

    @property
    def out(self) -> Place:
        """The site's folder or URL."""
        return self.wishes.out or place(self.config.out, self.config.folder)

    @property
    def watched(self) -> Watched:
        """What the site is made from."""
        config = self.config.path or self.config.folder / CONFIG_FILE
        here = tuple(source for source in self.sources if isinstance(source, Path))
        is_polled = len(here) < len(self.sources)
        return Watched(
            here,
            self._theme_folders(),
            config,
            require_folder(self.out),
            is_polled,
            self.findings.folder if self.findings.folder.is_dir() else None,
        )

    @property
    def findings(self) -> Findings:
        """The project's findings."""
        return Findings(self.config.folder, self.config.findings)

    def read(self) -> Catalog:
        """All runs of the project, read anew where they changed.

        Raises:
            NothingFoundError: a source is missing, or there is no run in any.
        """
        _require(self.sources, self.config)
        cache = self.config.folder / CACHE_FILE if self.wishes.use_cache else None
        catalog = read_catalog(
            self.sources,
            cache=cache,
            workers=self.wishes.workers,
            scheduler=self.wishes.scheduler,
            reporter=self.reporter,
            readers=self._readers,
        )
        if not catalog.runs:
            raise _no_runs(self.sources, catalog)
        return catalog

    def build(self, changed: frozenset[Change] = EVERYTHING) -> BuildReport:
        """What was done to bring the site up to date after these changes."""
        started = time.perf_counter()
        if Change.CONFIG in changed:
            self.config = load_config(self.wishes.config)
            changed = EVERYTHING
        _refuse_mixing(self.sources, self.out)
        if self._catalog is None and (report := self._untouched()) is not None:
            return replace(report, seconds={"look": time.perf_counter() - started})
        with _collecting_nothing():
            if self._catalog is None or Change.RUN in changed:
                self._catalog = self.read()
            read = time.perf_counter()
            if self._renderer is None or Change.THEME in changed:
                self._renderer = self._make_renderer()
            plan = self._plan(self._catalog)
            planned = time.perf_counter()
        with self.while_writing(), self._locked_sink() as sink:
            self._catalog.rest()
            report = build_site(
                plan,
                self._renderer,
                sink,
                adopt=self.wishes.adopt,
                workers=self.wishes.workers,
                reporter=self.reporter,
            )
            seconds = {"read": read - started, "plan": planned - read, **report.seconds}
            problems = sorted_problems((*self._catalog.problems, *report.problems))
            report = replace(report, runs=len(self._catalog.runs), problems=problems, seconds=seconds)
            self._remember(self._catalog, report)
        return report

    def _untouched(self) -> BuildReport | None:
        """The report of a build that has nothing to do, without reading, planning or rendering; None where it may have."""
        last = self._last_build
        if last is None or not last.exists():
            return None
        _require(self.sources, self.config)
        out = require_folder(self.out)
        with site_lock(out, on_wait=self.on_wait):
            return untouched(last, self._key, FolderSink(out))

    def _remember(self, catalog: Catalog, report: BuildReport) -> None:
        last = self._last_build
        if last is None:
            return
        # A run that goes on may end without a change of its files; a failed page or an unreadable file may be mended so.
        goes_on = any(run.status is RunStatus.RUNNING for run in catalog.runs)
        if goes_on or any(item.slug in _PASSING for item in report.problems):
            forget(last)
            return
        manifest = manifest_digest(FolderSink(require_folder(self.out)))
        remember(last, LastBuild(self._key, catalog.looks, manifest, report.runs, report.problems))

    @property
    def _against(self) -> Place | WebUrl | None:
        """The earlier site to compare with."""
        if self.wishes.against is not None:
            return self.wishes.against
        return None if self.config.against is None else site_place(self.config.against, self.config.folder)

    @property
    def _previous(self) -> Previous | None:
        """What the earlier build found."""
        from runfolio.site.previous import previous_of

        against = self._against
        return None if against is None else previous_of(against, self.out)

    @property
    def _previous_key(self) -> str:
        """Text that differs whenever the earlier build does. A site compared with itself is what its manifest says."""
        against = self._against
        if against is None:
            return ""
        from runfolio.site.previous import is_own, previous_key

        if is_own(against, self.out):
            return "itself"
        return previous_key(against)

    @property
    def _last_build(self) -> Path | None:
        """Where the last build is kept; None without a cache, and where a store is asked in any case."""
        if not self.wishes.use_cache or any(isinstance(item, StoreUrl) for item in (*self.sources, self.out)):
            return None
        return place_of((self.config.folder / CACHE_FILE).parent, require_folder(self.out))

    @property
    def _key(self) -> str:
        """Digest of all that shapes the site besides the files of the runs."""
        if self._renderer is None:
            self._renderer = self._make_renderer()
        readers = [(reader.name, reader.version) for reader in all_readers()]
        sources = [str(_whole(source)) for source in self.sources]
        parts = (
            __version__,
            str(DIGEST_VERSION),
            str(KEY_FORMAT),
            self.config.site.key,
            self.findings.stamp,
            self.config.site.claims_key,
            self.config.site.champions_key,
            self._renderer.fingerprint,
            self._previous_key,
        )
        return digest((*parts, repr(readers), repr(sources), repr(self._readers), repr(plugin_problems())))

    @contextmanager
    def _locked_sink(self) -> Iterator[Sink]:
        """Where the site goes; a folder is locked meanwhile, a store has no locks."""
        if isinstance(self.out, StoreUrl):
            with StoreSink(self.out) as sink:
                yield sink
            return
        with site_lock(self.out, on_wait=self.on_wait):
            yield FolderSink(self.out)

    def check(self) -> CheckReport:
        """How many runs each reader took, everything wrong with them, with what the configuration says of them, or with the
        size of the site that is there; and what the claims come to."""
        # As for the plan: its modules take a while to load.
        from runfolio.site.check import CheckReport

        catalog = self.read()
        plan = self._plan(catalog, is_tolerant=True)
        site = read_manifest(FolderSink(self.out)) if isinstance(self.out, Path) else None
        sizes = near_limits(site.files) if site is not None else []
        problems = sorted_problems((*catalog.problems, *plan.problems, *sizes))
        return CheckReport(
            Counter(run.source.reader for run in catalog.runs),
            problems,
            plan.claims,
            plan.studies,
            plan.marks,
        )

    def _plan(self, catalog: Catalog, *, is_tolerant: bool = False) -> SitePlan:
        # Pages and templates take a while to load, and half of the commands need neither.
        from runfolio.pages.site_pages import plan_site

        with self.blaming():
            tolerant = is_tolerant or self.is_tolerant
            return plan_site(
                catalog, self.config.site, self.findings, tolerant=tolerant, previous=self._previous
            )

    @contextmanager
    def blaming(self) -> Iterator[None]:
        """A mistake in the configuration that only the runs bring to light names the file all the same."""
        try:
            yield
        except ConfigError as error:
            if error.path is None and self.config.path is not None:
                error.path = self.config.path.as_posix()
            raise

    def _make_renderer(self) -> Renders:
        from runfolio.render.renderer import Renderer

        return Renderer(self.wishes.theme or self.config.theme, project=self.config.folder)

    def _theme_folders(self) -> tuple[Path, ...]:
        names = (THEME_FOLDER, self.wishes.theme or self.config.theme)
        return tuple(folder for name in names if (folder := self.config.folder / name).is_dir())


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """No look for garbage: while thousands of runs are loaded it takes a quarter of the time, and finds next to none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def require_folder(place: Place) -> Path:
    """The folder; UsageError for a URL."""
    if isinstance(place, StoreUrl):
        raise UsageError(
            "this needs a folder of this machine",
            slug="not-a-folder",
            path=place.as_posix(),
            hint="name one with --out; `runfolio build` writes to a URL",
        )
    return place


def _require(sources: Sequence[Place], config: Config) -> None:
    missing = [path for path in sources if isinstance(path, Path) and not path.exists()]
    if not missing:
        return
    names = " and ".join(f"`{path.as_posix()}`" for path in missing)
    where = f"as {config.path.as_posix()} says" if config.path and config.sources else "in this folder"
    raise NothingFoundError(
        f"there are no runs: looked for {names} {where}, and {'they are' if len(missing) > 1 else 'it is'} not there",
        slug="no-source",
        hint="name the folder with your runs (runfolio build PATH), log a first run with runfolio.start(),"
        " or see an example with `runfolio demo`",
    )


def _no_runs(sources: Sequence[Place], catalog: Catalog) -> NothingFoundError:
    names = " and ".join(f"`{path.as_posix()}`" for path in sources)
    trouble = "".join(f"\n  {item.path}: {item.message}" for item in catalog.problems[:5])
    return NothingFoundError(
        f"there is no run in {names}{trouble}",
        slug="no-runs",
        hint="a run is a folder with run.json or metrics.jsonl, or a single .jsonl, .json, .csv or .parquet file"
        " with numbers",
    )


def _refuse_mixing(sources: Sequence[Place], out: Place) -> None:
    """SinkError where the site would go into a folder of runs: a built site is never read, so they would vanish."""
    for source in sources:
        if _whole(source) == _whole(out):
            raise SinkError(
                "the site would go into the folder with its runs",
                slug="site-among-runs",
                path=out.as_posix(),
                hint="name a folder of its own with --out",
            )


def _whole(place: Place) -> object:
    return place.key if isinstance(place, StoreUrl) else place.resolve()
