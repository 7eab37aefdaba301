"""This build's record and the earlier one it is compared with: what a page asks for to say what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from runfolio.pages.build_record import (
    BUILD_RECORD,
    PREVIOUS_RECORD,
    BuildRecord,
    ChampionRecord,
    ClaimRecord,
    build_record,
    record_bytes,
)
from runfolio.pages.changes import Changes, Previous, changes
from runfolio.pages.headline import Headlines
from runfolio.pages.plan import FilePlan
from runfolio.pages.routes import short_digest
from runfolio.pages.study import Study


@dataclass(frozen=True, eq=False)
class Records:
    """The two records; each is worked out when it is first asked for."""

    studies: tuple[Study, ...]
    title: str
    built_at: str
    previous: Previous | None
    headlines: Headlines = field(default_factory=Headlines)
    outcomes: tuple[ClaimRecord, ...] = ()
    """How the claims came out in this build."""
    champions: tuple[ChampionRecord, ...] = ()
    """The champions of this build and of those before."""

    @cached_property
    def claims(self) -> tuple[ClaimRecord, ...]:
        """The outcomes, each with the build since which it is so: carried from record to record, never from a clock."""
        old = {item.name: item for item in self.previous.record.claims} if self.previous else {}
        return tuple(
            replace(item, since=old[item.name].since)
            if item.name in old and old[item.name].outcome == item.outcome
            else replace(item, since=self.built_at)
            for item in self.outcomes
        )

    @cached_property
    def claims_before(self) -> Mapping[str, str]:
        """Outcome of each claim in the build compared with, by its name; empty where there is none."""
        return {} if self.compared is None else {item.name: item.outcome for item in self.compared.claims}

    @cached_property
    def now(self) -> BuildRecord:
        """What this build found."""
        return build_record(
            self.studies, self.title, self.headlines, self.built_at, self.claims, self.champions
        )

    @cached_property
    def compared(self) -> BuildRecord | None:
        """The earlier build that pages compare this one with."""
        if self.previous is None:
            return None
        # Only a site that is compared with itself has to know its own record before anything is written.
        return self.previous.compared(self.now) if self.previous.is_own else self.previous.record

    @cached_property
    def key(self) -> str:
        """Text that differs whenever the build compared with does."""
        return "" if self.compared is None else short_digest(record_bytes(self.compared).decode())

    def changes(self) -> Changes | None:
        """What is different from the build compared with."""
        return None if self.compared is None else changes(self.compared, self.now)

    def files(self, everything: tuple[str, ...]) -> list[FilePlan]:
        """This build's record, after the one it is compared with: a build that is cut short between them loses nothing."""
        inputs = (*everything, repr(self.claims), repr(self.champions))
        files = [FilePlan(BUILD_RECORD, inputs, lambda: record_bytes(self.now))]
        compared = self.compared
        if compared is not None:
            files.insert(0, FilePlan(PREVIOUS_RECORD, (self.key,), lambda: record_bytes(compared)))
        return files
