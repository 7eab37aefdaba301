"""What the pages and files of a site depend on, as texts: equal texts, equal bytes; and the names that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from runfolio import __version__
from runfolio.pages.data_files import fingerprint, identity
from runfolio.pages.options import SiteOptions
from runfolio.pages.routes import experiment_table, figure_series, group_series
from runfolio.pages.scripts import FORMAT
from runfolio.pages.study import Study


@dataclass(frozen=True, eq=False)
class SiteKeys:
    """Digests of what was read and configured; each is worked out when it is first asked for."""

    options: SiteOptions
    studies: tuple[Study, ...]

    @cached_property
    def base(self) -> tuple[str, ...]:
        """What every page and file depends on; pages on the shell besides."""
        return (FORMAT, __version__, self.options.key)

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """One digest of what all runs of each experiment show beyond their own pages, by its name; and of which have one."""
        return {
            study.name: fingerprint(
                study.name,
                str(study.most_pages),
                *(sorted(study.paged) if len(study.paged) < len(study.runs) else ()),
                *(part for run in study.runs for part in (run.run_id, run.core_fingerprint)),
            )
            for study in self.studies
        }

    @property
    def all_runs(self) -> tuple[str, ...]:
        """The digests of all experiments."""
        return tuple(self.digests.values())

    @cached_property
    def evidence(self) -> str:
        """One digest of everything that was read for any run."""
        return fingerprint(
            *(
                part
                for study in self.studies
                for run in study.runs
                for part in (*identity(run), *(item.sha256 for item in run.source.files))
            )
        )

    @cached_property
    def table_keys(self) -> Mapping[str, str]:
        """The digest in the names of each experiment's table scripts."""
        return {study.name: fingerprint(*self.base, self.digests[study.name]) for study in self.studies}

    @cached_property
    def history(self) -> str:
        """The script of the figures of the history's page."""
        return figure_series("history", "builds", fingerprint(*self.base, *self.all_runs))

    def tables(self) -> dict[str, str]:
        """The table script of each experiment."""
        return {name: experiment_table(name, key) for name, key in self.table_keys.items()}

    @cached_property
    def curves(self) -> Mapping[str, str]:
        """The group curves' script of each experiment."""
        keys = {
            study.name: fingerprint(*self.base, self.digests[study.name], "groups") for study in self.studies
        }
        return {name: group_series(name, key) for name, key in keys.items()}
