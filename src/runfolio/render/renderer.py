"""Pages as bytes: a context, its template, the theme's files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio import __version__
from runfolio.errors import ThemeError, nearest
from runfolio.pages.plan import PagePlan
from runfolio.pages.routes import SEARCH_DATA
from runfolio.render.assets import Assets, hashed, joined, plotly_bundle
from runfolio.render.policy import policy
from runfolio.render.theme import DEFAULT, find_theme
from runfolio.render.tokens import tokens_css

if TYPE_CHECKING:
    from runfolio.render.templates import Templates

#: A new number renders every page again, also where version and theme are the same.
FORMAT = "2"


class Renderer:
    """Renders the pages of one site in one theme.

    Args:
        theme: name of a bundled or installed theme, or a folder relative to the project.
        project: folder whose `theme/` overrides single files of it.
    """

    def __init__(self, theme: str = DEFAULT, project: Path | None = None) -> None:
        self.theme = find_theme(theme, project)

    @cached_property
    def _templates(self) -> Templates:
        # A build that finds nothing changed never loads the template engine.
        from runfolio.render.templates import Templates

        return Templates(self.theme)

    @cached_property
    def _assets(self) -> Assets:
        theme = self.theme
        style = tokens_css(theme.tokens).encode() + b"".join(
            theme.read(f"assets/{name}") for name in theme.styles
        )
        return hashed(
            {
                "app.css": style,
                "app.js": joined(theme, theme.scripts),
                **{f"{name}.js": joined(theme, files) for name, files in theme.later.items()},
                "icon.svg": theme.read("assets/icon.svg"),
                "plotly.js": plotly_bundle(),
            }
        )

    @cached_property
    def _later(self) -> str:
        """The addresses of the bundles that wait, as `name=path` pairs for the page's first element."""
        return " ".join(f"{name}={self._assets.paths[f'{name}.js']}" for name in self.theme.later)

    @property
    def assets(self) -> Mapping[str, bytes]:
        """The theme's files and Plotly's bundle, by their path in the site."""
        return self._assets.files

    @cached_property
    def fingerprint(self) -> str:
        """Digest of everything about the theme that can change a page."""
        summary = hashlib.sha256(FORMAT.encode())
        for path in sorted(self._assets.files):
            summary.update(path.encode())
        for folder in self.theme.folders:
            templates = folder / "templates"
            for file in sorted(path for path in templates.rglob("*") if path.is_file()):
                summary.update(file.relative_to(templates).as_posix().encode() + b"\x00" + file.read_bytes())
        return summary.hexdigest()

    def _asset(self, name: str) -> str:
        """The address of a theme's file, from the site's root."""
        if name not in self._assets.paths:
            raise ThemeError(
                f"a template asks for the asset `{name}`, which there is not{nearest(name, self._assets.paths)}",
                slug="theme-file",
                hint=f"there are {', '.join(self._assets.paths)}",
            )
        return self._assets.paths[name]

    def render(self, page: PagePlan) -> bytes:
        """The page as UTF-8 HTML. A ThemeError names the template and line where one cannot be rendered."""
        context = page.context()
        values = {item.name: getattr(context, item.name) for item in fields(context)}
        depth = page.path.count("/")
        values |= {
            "root": "../" * depth,
            "version": __version__,
            "policy": policy(bool(values.get("has_frames"))),
            "search_source": SEARCH_DATA,
            "later": self._later,
            "asset": self._asset,
        }
        return self._templates.render(page.template, page.path, values).encode("utf-8", "replace")
