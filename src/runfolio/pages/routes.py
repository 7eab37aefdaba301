"""Addresses: which page lies where. A run's address comes from its id alone, so it never moves."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

_SAFE = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,78}[a-z0-9])?")
_HASHED = re.compile(r".*-[0-9a-f]{8}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|index|com[0-9]|lpt[0-9])(?:\..*)?")

HOME = "index.html"
COMPARE = "compare.html"
AUDIT = "audit.html"
METHODS = "methods.html"
PROBLEMS = "problems.html"
MISSING = "404.html"
HISTORY = "history.html"
SWEEPS = "sweeps.html"
MODELS = "models.html"
SHARED_RUN = "run.html"
SEARCH_DATA = "data/search.js"
FINDINGS = "findings.html"


@lru_cache(maxsize=16_384)
def slug(text: str) -> str:
    """A readable file name for any text: lower case ASCII, at most 80 characters, different for different texts.

    A text that is already safe stays as it is. Any other gets eight hex digits of its SHA-256, and so does a safe
    text that looks as if it had them: therefore two texts never share a slug, not even on a file system that
    ignores case.
    """
    if (
        _SAFE.fullmatch(text)
        and ".." not in text
        and not _HASHED.fullmatch(text)
        and not _RESERVED.fullmatch(text)
    ):
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    readable = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return f"{readable or 'x'}-{short_digest(text, 8)}"


def short_digest(text: str, length: int = 10) -> str:
    """The first hex digits of the text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def experiment_page(name: str) -> str:
    """`experiments/<slug>.html`."""
    return f"experiments/{slug(name)}.html"


def sweep_page(name: str) -> str:
    """`sweeps/<slug>.html`."""
    return f"sweeps/{slug(name)}.html"


def run_page(run_id: str) -> str:
    """`runs/<slug>.html`."""
    return f"runs/{slug(run_id)}.html"


def shared_run(experiment: str, run_id: str) -> str:
    """`run.html#?v=1&e=<experiment>&r=<run>`: the run on the page that all runs share, in the grammar of hash.js."""
    return f"{SHARED_RUN}#?v=1&e={slug(experiment)}&r={slug(run_id)}"


def finding_page(name: str) -> str:
    """`findings/<slug>.html`."""
    return f"findings/{slug(name)}.html"


def finding_file(path: str) -> str:
    """`findings/files/<file>`: a file that lies beside the findings, its name made safe, its ending kept."""
    return f"findings/files/{_with_ending(path)}"


def run_series(run_id: str, fingerprint: str) -> str:
    """`series/<slug>.<digest>.js`: the run's thinned series, as a script."""
    return f"series/{slug(run_id)}.{series_digest(fingerprint)}.js"


def series_digest(fingerprint: str) -> str:
    """The digest in the name of a run's series."""
    return fingerprint[:10]


def group_series(experiment: str, key: str) -> str:
    """`series/<slug>-groups.<digest>.js`: the aggregated curves of an experiment's groups."""
    return f"series/{slug(experiment)}-groups.{key}.js"


def figure_series(experiment: str, page: str, key: str) -> str:
    """`series/<slug>-<page>.<digest>.js`: numbers of the figures of an experiment's page that no other script holds."""
    return f"series/{slug(experiment)}-{page}.{key}.js"


def experiment_table(experiment: str, key: str) -> str:
    """`data/<slug>.<digest>.js`: all runs of an experiment as columns."""
    return f"data/{slug(experiment)}.{key}.js"


def metrics_script(experiment: str, part: int, key: str) -> str:
    """`data/<slug>-metrics-<part>.<digest>.js`: values of metrics that the table's script has no room for."""
    return f"data/{slug(experiment)}-metrics-{part}.{key}.js"


def artifact_file(run_id: str, path: str) -> str:
    """`artifacts/<run slug>/<file>`: a copied artifact, its name made safe, its ending kept."""
    return f"artifacts/{slug(run_id)}/{_with_ending(path)}"


def _with_ending(path: str) -> str:
    stem, dot, ending = path.rpartition(".")
    if not (stem and dot and re.fullmatch(r"[A-Za-z0-9]{1,8}", ending)):
        return slug(path)
    # `a.PNG` may lie beside `a.png`.
    name = slug(stem) if ending == ending.lower() else f"{slug(stem)}-{short_digest(path, 8)}"
    return f"{name}.{ending.lower()}"
