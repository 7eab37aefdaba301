"""Artifacts on a run's page: what is copied into the site, and how each is shown without being trusted."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from xml.etree import ElementTree

from runfolio.analysis.rounding import bytes_text
from runfolio.catalog.catalog import Catalog
from runfolio.errors import RunfolioError
from runfolio.model import Artifact, Run, Table
from runfolio.model.table import Column
from runfolio.pages.plan import FilePlan
from runfolio.pages.routes import artifact_file

#: Larger files are listed with size and digest, but not copied: a report is no file store.
COPIED_BYTES = 10_000_000
TEXT_CHARACTERS = 20_000
TABLE_ROWS = 200
_ACTIVE_ELEMENTS = frozenset(("script", "foreignObject", "iframe", "handler", "listener", "set", "animate"))
PLOTLY = "application/vnd.plotly.v1+json"
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "image/avif")

#: Put before an HTML artifact: it may run its own scripts in its sandboxed frame, and reach nothing else. A frame may be
#: loaded before it has a size, as it has a process of its own; scripts that measure texts then run for ever, LIME's among
#: them. Then the document is kept as text, and is written once there is a size.
HTML_POLICY = (
    b'<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    b"script-src 'unsafe-inline' 'unsafe-eval' data: blob:; style-src 'unsafe-inline'; "
    b'img-src data: blob:; font-src data:; media-src data: blob:">'
    b"""<script>if (!innerWidth || !innerHeight) {
document.write("<plaintext hidden>");
onload = () => { const wait = setInterval(() => { if (!innerWidth || !innerHeight) return;
clearInterval(wait); onload = null; const text = document.querySelector("plaintext").textContent;
document.open(); document.write(text); document.close(); }, 50); }; }</script>\n"""
)


@dataclass(frozen=True, slots=True)
class ArtifactView:
    """One artifact as the page shows it."""

    anchor: str
    name: str
    kind: str
    """image, frame, table, text, figure, media or link."""
    href: str
    """Path of the copy from the site's root; empty when it was not copied."""
    size: str
    sha256: str
    step: int | None
    uri: str = ""
    text: str = ""
    is_cut: bool = False
    table: Table | None = None
    figure_json: str = ""


def show_artifact(catalog: Catalog, run: Run, item: Artifact, number: int) -> ArtifactView:
    """How an artifact is shown; content that cannot be read or parsed is offered as a file instead."""
    href = artifact_file(run.run_id, item.path) if item.path and is_copied(item) else ""
    view = _View(f"artifact-{number}", item, href)
    if not href or item.path is None:
        return view.as_kind("link")
    media = item.media_type.split(";")[0].strip().lower()
    if media in _IMAGES:
        return view.as_kind("image")
    if media in ("text/html", "application/xhtml+xml"):
        return view.as_kind("frame")
    if media.startswith(("audio/", "video/")):
        return view.as_kind("media")
    is_text = media.startswith("text/") or media in (
        "application/json",
        "application/x-ndjson",
        "application/yaml",
    )
    if not is_text and item.kind not in ("table", "figure", "text", "diff"):
        return view.as_kind("link")
    try:
        content = catalog.read_artifact(run, item.path).decode("utf-8", "replace")
    except RunfolioError:
        return view.as_kind("link")
    if media == PLOTLY or (item.kind == "figure" and media == "application/json"):
        return view.as_figure(content)
    if media in ("text/csv", "text/tab-separated-values"):
        return view.as_table(content, "\t" if media.endswith("values") else ",")
    return view.as_text(content)


def is_copied(item: Artifact) -> bool:
    """True where the site gets a copy: the file lies in the run's folder and is not too large."""
    return item.path is not None and (item.size_bytes or 0) <= COPIED_BYTES


@dataclass(frozen=True, slots=True)
class _View:
    anchor: str
    item: Artifact
    href: str

    def as_kind(
        self, kind: str, text: str = "", is_cut: bool = False, table: Table | None = None, figure: str = ""
    ) -> ArtifactView:
        item = self.item
        return ArtifactView(
            anchor=self.anchor,
            name=item.name,
            kind=kind,
            href=self.href,
            size="" if item.size_bytes is None else bytes_text(item.size_bytes),
            sha256=item.sha256 or "",
            step=item.step,
            uri=item.uri or "",
            text=text,
            is_cut=is_cut,
            table=table,
            figure_json=figure,
        )

    def as_text(self, content: str) -> ArtifactView:
        return self.as_kind("text", content[:TEXT_CHARACTERS], len(content) > TEXT_CHARACTERS)

    def as_table(self, content: str, delimiter: str) -> ArtifactView:
        try:
            rows = [
                row
                for _, row in zip(
                    range(TABLE_ROWS + 2), csv.reader(io.StringIO(content), delimiter=delimiter), strict=False
                )
            ]
        except csv.Error:
            return self.as_text(content)
        if not rows:
            return self.as_text(content)
        head, body = rows[0], rows[1 : TABLE_ROWS + 1]
        columns = tuple(Column(f"{place}", label) for place, label in enumerate(head))
        cells = tuple((*row[: len(head)], *[""] * (len(head) - len(row))) for row in body)
        return self.as_kind("table", is_cut=len(rows) > TABLE_ROWS + 1, table=Table(columns, cells))

    def as_figure(self, content: str) -> ArtifactView:
        try:
            # Strict JSON for the browser: what is no number there is a gap, as Plotly itself writes it.
            figure = json.loads(content, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            return self.as_text(content)
        if not isinstance(figure, dict) or not isinstance(figure.get("data"), list):
            return self.as_text(content)
        kept = {"data": figure["data"], "layout": figure.get("layout", {})}
        return self.as_kind("figure", figure=json.dumps(kept, ensure_ascii=True, separators=(",", ":")))


def artifact_files(catalog: Catalog, run: Run) -> list[FilePlan]:
    """The copies a run's page needs, each target once."""
    plans: dict[str, FilePlan] = {}
    for item in run.artifacts:
        if item.path is not None and is_copied(item):
            target = artifact_file(run.run_id, item.path)
            inputs = (run.fingerprint, item.path, item.sha256 or "")
            plans.setdefault(target, FilePlan(target, inputs, _Copy(catalog, run, item)))
    return list(plans.values())


def without_scripts(svg: bytes) -> bytes:
    """The picture without what could run or load something when its file is opened by itself.

    As an image on a page it could do neither, so nothing that was seen is lost. What is no XML becomes an empty
    picture: no browser would show it either.
    """
    try:
        root = ElementTree.fromstring(svg)
    except (ElementTree.ParseError, ValueError):
        return b'<svg xmlns="http://www.w3.org/2000/svg"/>\n'
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in _ACTIVE_ELEMENTS:
                parent.remove(child)
        for name in list(parent.attrib):
            value = re.sub(r"\s+", "", parent.attrib[name]).lower()
            is_link = _local(name) in ("href", "src") and not value.startswith(("#", "data:image/"))
            if _local(name).lower().startswith("on") or is_link:
                del parent.attrib[name]
    for prefix, uri in (("", "http://www.w3.org/2000/svg"), ("xlink", "http://www.w3.org/1999/xlink")):
        ElementTree.register_namespace(prefix, uri)
    clean: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return clean


def _local(name: object) -> str:
    """A name without its namespace; comments and processing instructions have none and count as active."""
    return name.rpartition("}")[2] if isinstance(name, str) else "script"


@dataclass(frozen=True, slots=True)
class _Copy:
    """Reads the artifact when it is called for."""

    catalog: Catalog
    run: Run
    item: Artifact

    def __call__(self) -> bytes:
        content = self.catalog.read_artifact(self.run, self.item.path or "")
        media = self.item.media_type
        if media.startswith(("text/html", "application/xhtml")):
            return HTML_POLICY + content
        return without_scripts(content) if media.startswith("image/svg") else content
