"""From a plan to files: what changed is written, what is no longer planned goes, every link is checked."""

from __future__ import annotations

from runfolio.site.build import build_site
from runfolio.site.report import BuildReport
from runfolio.site.sink import FolderSink, MemorySink, Sink

__all__ = ["BuildReport", "FolderSink", "MemorySink", "Sink", "build_site"]
