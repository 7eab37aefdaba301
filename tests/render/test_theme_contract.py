"""The contract between themes and Runfolio: the bundled themes keep it, broken ones are named."""

from __future__ import annotations

import textwrap
from dataclasses import fields
from functools import cache
from pathlib import Path

import jinja2.meta
import pytest
from jinja2 import nodes

from runfolio.pages.audit import AuditContext
from runfolio.pages.compare import CompareContext
from runfolio.pages.experiment import ExperimentContext
from runfolio.pages.home import HomeContext
from runfolio.pages.page import Context, Page
from runfolio.pages.problems import ProblemsContext
from runfolio.pages.run import RunContext
from runfolio.render.renderer import Renderer
from runfolio.render.templates import environment
from runfolio.render.theme import find_theme
from runfolio.testing.theme_contract import (
    ThemeContract,
    contrast,
    html_faults,
    sample_site,
    theme_faults,
)

CONTEXTS: dict[str, type[Context]] = {
    "audit": AuditContext,
    "compare": CompareContext,
    "experiment": ExperimentContext,
    "home": HomeContext,
    "missing": Context,
    "problems": ProblemsContext,
    "run": RunContext,
}
#: Names that the renderer gives to every template.
OFFERED = {"root", "version", "policy", "search_source", "asset", "later", "rel"}
#: Fields that base's templates leave to other themes, or that the renderer reads.
UNUSED_BY_BASE = {
    "run": {"run_id", "slug_key", "series_file", "status", "is_bad", "tags", "has_frames"},
    "home": {"total_runs"},
    "problems": {"total"},
}


class TestFolio(ThemeContract):
    theme = "folio"


class TestPaper(ThemeContract):
    theme = "paper"


@cache
def names_used(template: str) -> frozenset[str]:
    """The context's names a template reads, itself and through what it extends and includes."""
    made = environment(find_theme())
    assert made.loader is not None
    tree = made.parse(made.loader.get_source(made, template)[0])
    imported = {name for node in tree.find_all(nodes.FromImport) for name in node.names}
    found = set(jinja2.meta.find_undeclared_variables(tree)) - imported
    for node in tree.find_all((nodes.Extends, nodes.Include)):
        assert isinstance(node.template, nodes.Const)
        found |= names_used(node.template.value) - {"item"}
    return frozenset(found)


@pytest.mark.parametrize("kind", CONTEXTS)
def test_templates_use_what_their_context_has_and_nothing_else(kind: str) -> None:
    given = {item.name for item in fields(CONTEXTS[kind])}
    used = names_used(f"{kind}.html")
    assert used - given - OFFERED - set(environment(find_theme()).globals) == set()
    assert given - used == UNUSED_BY_BASE.get(kind, set())


def test_the_shell_shows_every_field_of_a_page() -> None:
    made = environment(find_theme())
    assert made.loader is not None
    tree = made.parse(made.loader.get_source(made, "base.html")[0])
    used = {
        node.attr
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "page"
    }
    assert {item.name for item in fields(Page)} - used == {"path"}


def write(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def pages(renderer: Renderer, runs: Path) -> dict[str, str]:
    return {page.path: renderer.render(page).decode() for page in sample_site(runs).pages}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return pages(Renderer(), tmp_path_factory.mktemp("runs"))


def test_the_sample_site_has_every_kind_of_page(plain: dict[str, str]) -> None:
    assert {path.partition("/")[0] for path in plain} == {
        "404.html", "audit.html", "compare.html", "experiments", "findings", "findings.html", "index.html", "methods.html",
        "problems.html", "runs",
    }  # fmt: skip
    run = plain[next(path for path in plain if path.startswith("runs/full"))]
    for part in (
        "notes",
        "alerts",
        "artifacts",
        "about",
        "packages",
        "variables",
        "files",
        "metrics",
        "curves",
    ):
        assert f'id="{part}"' in run, part


@pytest.mark.parametrize("part", ["<title>", '<html lang="en"', 'name="description"'])
def test_pages_say_what_they_are(plain: dict[str, str], part: str) -> None:
    for path, page in plain.items():
        assert part in page or (part == 'name="description"' and '<p class="lead">' not in page), path


def test_titles_are_unique(plain: dict[str, str]) -> None:
    titles = [page.partition("<title>")[2].partition("</title>")[0] for page in plain.values()]
    assert len(set(titles)) == len(titles)


def test_three_tokens_are_a_theme(tmp_path: Path) -> None:
    tokens = '[light]\naccent = "#7A1FA2"\ncategory-1 = "#7A1FA2"\n[dark]\naccent = "#CE93D8"\n'
    write(tmp_path, {"mine/tokens.toml": tokens})
    assert theme_faults("mine", tmp_path / "runs", tmp_path) == []
    style = next(data for path, data in Renderer("mine", tmp_path).assets.items() if path.endswith(".css"))
    assert b"--accent:#7a1fa2" in style and b"--accent:#ce93d8" in style and b"--ink:#14181d" in style


def test_a_template_may_extend_the_one_it_replaces(tmp_path: Path, plain: dict[str, str]) -> None:
    write(
        tmp_path,
        {
            "mine/theme.toml": 'extends = "folio"\n',
            "mine/templates/base.html": """\
                {% extends "parent:base.html" %}
                {% block footer %}{{ super() }}<p>Group for reliable results.</p>{% endblock %}
                """,
        },
    )
    found = pages(Renderer("mine", tmp_path), tmp_path / "runs")
    assert found.keys() == plain.keys()
    for path, page in found.items():
        assert "<p>Group for reliable results.</p>" in page
        assert page.replace("<p>Group for reliable results.</p>", "").split() == plain[path].split()


def test_a_projects_folder_lies_over_the_theme_and_over_its_overrides(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "mine/theme.toml": "",
            "mine/templates/missing.html": '{% extends "parent:missing.html" %}{% block content %}A{{ super() }}{% endblock %}',
            "theme/templates/missing.html": '{% extends "parent:missing.html" %}{% block content %}B{{ super() }}{% endblock %}',
            "theme/tokens.toml": '[light]\naccent = "#004400"\n',
        },
    )
    renderer = Renderer("mine", tmp_path)
    page = pages(renderer, tmp_path / "runs")["404.html"]
    assert 'BA<p><a href="index.html">Overview</a></p>' in page
    assert renderer.theme.tokens.light["accent"] == "#004400"


def test_a_changed_template_changes_the_fingerprint(tmp_path: Path) -> None:
    write(tmp_path, {"theme/templates/missing.html": "one"})
    before = Renderer(project=tmp_path).fingerprint
    assert before != Renderer().fingerprint
    write(tmp_path, {"theme/templates/missing.html": "two"})
    assert Renderer(project=tmp_path).fingerprint != before


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"mine/tokens.toml": '[light]\nink = "#BBBBBB"\n'}, "light: `ink` has"),
        ({"mine/tokens.toml": '[dark]\ncategory-2 = "#222222"\n'}, "dark: `category-2` has"),
        ({"mine/tokens.toml": '[light]\nink = "blue!"\n'}, "is no colour"),
        ({"mine/theme.toml": 'styles = ["x.css"]\n', "mine/assets/x.css": "a { color: #fff }"}, "the colour `#fff`"),
        ({"mine/theme.toml": 'styles = ["x.css"]\n', "mine/assets/x.css": "a { color: rgb(1 2 3) }"}, "the colour `rgb(`"),
        ({"mine/templates/missing.html": "{{ nothing_like_it }}"}, "'nothing_like_it' is undefined"),
        ({"mine/templates/run.html": "{% if %}"}, "templates/run.html:1"),
        ({"mine/templates/_figure.html": "{% macro figure(item) %}{{ item.colour }}{% endmacro %}"}, "_figure.html"),
        ({"mine/templates/missing.html": '<html lang="en"><h1 style="x">A</h1>'}, "the attribute `style` on <h1>"),
        ({"mine/templates/missing.html": '<html lang="en"><h1 onclick="x">A</h1>'}, "the attribute `onclick`"),
        ({"mine/templates/missing.html": '<html lang="en"><h1>A</h1><script>x</script>'}, "an inline script"),
        ({"mine/templates/missing.html": '<html lang="en"><h1>A</h1><h3>B</h3>'}, "an h3 follows an h1"),
    ],
)  # fmt: skip
def test_faults_are_named(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    write(tmp_path, {"mine/theme.toml": "", **files})
    found = theme_faults("mine", tmp_path / "runs", tmp_path)
    assert any(fault in sentence for sentence in found), found


def test_a_colour_in_a_comment_or_a_selector_is_none() -> None:
    from runfolio.testing.theme_contract import _COMMENT, _LITERAL

    text = "/* color: #fff */ #abc { color: var(--ink) } a:focus #fade { top: 0 }"
    assert not _LITERAL.search(_COMMENT.sub("", text))


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<html lang="en"><h1>a</h1><a href="JavaScript:x">b</a>', "a link on <a> that runs a script"),
        ('<html lang="en"><h1>a</h1><img src="//cdn/x">', "<img> fetches `//cdn/x` from another host"),
        ('<html lang="en"><h1>a</h1><p id="x"><p id="x">', "the id `x` stands twice"),
        ('<html lang="en"><h1>a</h1><label for="y">', "nothing has the id `y`"),
        ('<html lang="en"><h1>a</h1><h1>b</h1>', "2 h1 headings instead of one"),
        ("<html><h1>a</h1>", "no language on <html>"),
        ('<html lang="en"><h1>a</h1><style>b{}</style>', "a style element; put it into a style sheet"),
    ],
)
def test_faults_of_a_page(html: str, fault: str) -> None:
    assert html_faults(html) == [fault]


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast("#123456", "#123456") == 1


def test_the_pages_of_the_digits_example_are_sound(tmp_path: Path) -> None:
    """No inline code, one h1, no skipped heading, unique ids, references that resolve."""
    from runfolio import api

    root = Path(__file__).parents[2] / "examples" / "digits"
    report = api.build([root / "runs"], tmp_path / "site", config=root / "runfolio.toml", use_cache=False)
    checked = [path for path in report.written if path.endswith(".html")]
    assert len(checked) > 60
    faults = {path: html_faults((tmp_path / "site" / path).read_text("utf-8")) for path in checked}
    assert {path: found for path, found in faults.items() if found} == {}
