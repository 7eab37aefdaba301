"""Where the links of a finding lead: to runs, experiments, configurations and other findings by name, to files beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from runfolio.errors import nearest
from runfolio.findings.document import Document, Reference
from runfolio.findings.fault import UnansweredError
from runfolio.findings.folder import FindingFile, Findings
from runfolio.pages.artifacts import HTML_POLICY, without_scripts
from runfolio.pages.configurations import group_where
from runfolio.pages.lookup import Lookup
from runfolio.pages.plan import FilePlan
from runfolio.pages.routes import finding_file, finding_page

SCHEMES = ("run", "experiment", "group", "finding")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(.*)", re.S)
_WEB = ("http", "https", "mailto")
#: Configurations beyond these have no row on their experiment's page.
_ROWS = 60


@dataclass(frozen=True, slots=True)
class Links:
    """Resolves the links of one finding."""

    lookup: Lookup
    document: Document
    names: Mapping[str, Document]
    """All findings by name."""
    folder: Findings

    def target(self, reference: Reference) -> tuple[str, FilePlan | None]:
        """Where it leads: a path from the site's root, `#anchor` or a web address; and the file that must be copied for it.

        Raises:
            UnansweredError: what it names is not there.
        """
        written = reference.target
        found = _SCHEME.fullmatch(written)
        if found and found[1] in _WEB:
            return written, None
        if found and found[1] in SCHEMES and not reference.is_image:
            return getattr(self, f"_{found[1]}")(unquote(found[2])), None
        if found:
            known = nearest(found[1], SCHEMES)
            raise UnansweredError(f"`{written}` begins with `{found[1]}:`, which means nothing here{known}")
        path, _, anchor = written.partition("#")
        if not path:
            return f"#{self._anchor(self.document, unquote(anchor))}", None
        path = unquote(path)
        if path.endswith(".md") and "/" not in path:
            return self._finding(path.removesuffix(".md") + ("#" + unquote(anchor) if anchor else "")), None
        file = self.folder.file(path)
        target = finding_file(file.path)
        return target, FilePlan(target, (file.path, file.stamp), _Copy(file))

    def _run(self, name: str) -> str:
        study, run = self.lookup.run(name)
        return study.address(run.run_id)

    def _experiment(self, name: str) -> str:
        return self.lookup.study(name).path

    def _group(self, name: str) -> str:
        study, group = self.lookup.group(name)
        comparison = study.comparison
        # A suite's page lists methods, not configurations.
        listed = comparison.results[:_ROWS] if comparison and study.tasks is None else ()
        if any(item.group.group_id == group.group_id and item.estimate.n for item in listed):
            return f"{study.path}#c-{group.group_id}"
        return f"{study.path}#runs?v=1&q={quote(group_where(group, study.grouping.varying))}"

    def _finding(self, name: str) -> str:
        name, _, anchor = name.partition("#")
        if name not in self.names:
            raise UnansweredError(f"there is no finding `{name}`{nearest(name, self.names)}")
        page = finding_page(name)
        return f"{page}#{self._anchor(self.names[name], anchor)}" if anchor else page

    def _anchor(self, document: Document, anchor: str) -> str:
        if anchor not in document.anchors:
            known = nearest(anchor, document.anchors)
            raise UnansweredError(f"no heading of {document.path} has the anchor `#{anchor}`{known}")
        return anchor


@dataclass(frozen=True, slots=True)
class _Copy:
    """Reads the file when it is called for; nothing in the copy can run with the rights of the site."""

    file: FindingFile

    def __call__(self) -> bytes:
        content = self.file.read()
        name = self.file.path.lower()
        if name.endswith(".svg"):
            return without_scripts(content)
        return HTML_POLICY + content if name.endswith((".html", ".htm", ".xhtml")) else content
