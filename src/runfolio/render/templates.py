"""Templates: found along the theme's chain, strict about names, escaping by default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from traceback import walk_tb

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateError, TemplateNotFound

from runfolio.errors import ThemeError
from runfolio.findings.text import plain
from runfolio.render.filters import FILTERS, relative
from runfolio.render.theme import Theme

#: `{% extends "parent:experiment.html" %}` reaches the file that a theme's own one overrides.
PARENT = "parent:"


class ThemeLoader(BaseLoader):
    """Finds templates in the theme's folders; each `parent:` in front of a name skips one folder that has it."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Source, file name and a function that says whether it is still current."""
        name, skip = template, 0
        while name.startswith(PARENT):
            name, skip = name.removeprefix(PARENT), skip + 1
        found = [path for folder in self._theme.folders if (path := folder / "templates" / name).is_file()]
        if skip >= len(found):
            raise TemplateNotFound(template)
        text = found[skip].read_text(encoding="utf-8")
        return text, f"{found[skip].parent.parent.name}/templates/{name}", lambda: False

    def join_parent(self, template: str) -> str:
        """Not used; names are always relative to the chain."""
        return template


class _Environment(Environment):
    """Inside an overriding file, `parent:` counts from that file."""

    def join_path(self, template: str, parent: str) -> str:
        depth = 0
        while parent.startswith(PARENT):
            parent, depth = parent.removeprefix(PARENT), depth + 1
        return PARENT * depth + template if template == PARENT + parent else template


class Templates:
    """The templates of a theme, each compiled when it is first asked for."""

    def __init__(self, theme: Theme) -> None:
        self._environment = environment(theme)

    def render(self, template: str, path: str, values: Mapping[str, object]) -> str:
        """The page at this path: the template's text with these values, and `rel`, which makes links relative to it.

        A ThemeError names the file and line where it cannot be rendered.
        """
        try:
            return self._environment.get_template(template).render(values, rel=partial(relative, page=path))
        except TemplateError as error:
            raise theme_fault(error, template) from error


def environment(theme: Theme) -> Environment:
    """The environment all pages are rendered in."""
    made = _Environment(
        loader=ThemeLoader(theme),
        undefined=StrictUndefined,
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters.update(FILTERS)
    return made


def _shown(value: object) -> object:
    """Every text a template shows loses control characters and direction marks; None is a fault, not `None`."""
    if value is None:
        return ""
    if type(value) is str:
        return plain(value)
    return value


def theme_fault(error: TemplateError, template: str) -> ThemeError:
    """A template's error in the words of its author: file, line, what is wrong."""
    line = getattr(error, "lineno", None)
    path = getattr(error, "filename", None)
    if path is None:
        # A name nobody defined has no place of its own, but Jinja puts the templates' lines into the traceback.
        places = [(frame.f_code.co_filename, at) for frame, at in walk_tb(error.__traceback__)]
        path, line = next((item for item in reversed(places) if item[0].endswith(".html")), (template, None))
    return ThemeError(
        error.message or type(error).__name__,
        slug="template",
        path=path,
        line=line,
        hint="docs/writing-themes.md lists what each template may use",
    )
