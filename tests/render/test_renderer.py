"""From a context to bytes: strict names, faults in the author's words, files under names that tell their content."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from runfolio.errors import ThemeError
from runfolio.pages.page import Context, Page
from runfolio.pages.plan import PagePlan
from runfolio.render.assets import hashed, plotly_bundle
from runfolio.render.policy import policy
from runfolio.render.renderer import Renderer


@dataclass(frozen=True, slots=True)
class Words(Context):
    word: str | None = "<b>\u202e"


def page_plan(path: str = "a/b/x.html", template: str = "x.html") -> PagePlan:
    page = Page(path, "missing", "T & t", "H <i>", "", "Site", ())
    return PagePlan("x", path, template, (), lambda: Words(page))


def renderer(folder: Path, template: str, name: str = "x.html") -> Renderer:
    path = folder / "theme" / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(template, encoding="utf-8")
    return Renderer(project=folder)


def test_values_are_escaped_and_lose_what_cannot_be_seen(tmp_path: Path) -> None:
    assert (
        renderer(tmp_path, "{{ word }}|{{ page.title }}").render(page_plan())
        == "&lt;b&gt;\ufffd|T &amp; t".encode()
    )


def test_links_are_relative_to_the_page(tmp_path: Path) -> None:
    made = renderer(tmp_path, "{{ rel('runs/a.html') }} {{ root }}")
    assert made.render(page_plan()) == b"../../runs/a.html ../../"
    assert made.render(page_plan("x.html")) == b"runs/a.html "


@pytest.mark.parametrize(
    ("template", "message", "line"),
    [
        ("\n\n{{ wurd }}", "'wurd' is undefined", None),
        ("{{ page.colour }}", "has no attribute 'colour'", None),
        ("a\n{% if %}", "Expected an expression", 2),
        ("{% include 'none.html' %}", "none.html", None),
        ("{{ 'a' | sparkle }}", "No filter named", 1),
        (
            "{{ asset('app.cs') }}",
            "asks for the asset `app.cs`, which there is not; nearest: `app.css`",
            None,
        ),
    ],
)
def test_faults_of_a_template_are_named(
    tmp_path: Path, template: str, message: str, line: int | None
) -> None:
    with pytest.raises(ThemeError) as caught:
        renderer(tmp_path, template).render(page_plan())
    assert message in caught.value.message
    assert line is None or caught.value.line == line
    assert str(tmp_path) not in str(caught.value)


def test_parent_counts_from_the_file_that_says_it(tmp_path: Path) -> None:
    renderer(
        tmp_path,
        "{% extends 'parent:missing.html' %}{% block content %}mine {{ super() }}{% endblock %}",
        "missing.html",
    )
    html = Renderer(project=tmp_path).render(page_plan("404.html", "missing.html")).decode()
    assert 'mine <p><a href="index.html">' in html


def test_a_template_may_include_its_own_parent(tmp_path: Path) -> None:
    made = renderer(
        tmp_path, "<i>{% include 'parent:_artifact.html' ignore missing %}</i>{{ word }}", "x.html"
    )
    assert b"<i></i>" in made.render(page_plan())


def test_a_page_beyond_the_last_parent_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ThemeError):
        renderer(tmp_path, "{% extends 'parent:x.html' %}").render(page_plan())


def test_every_file_of_the_templates_counts(tmp_path: Path) -> None:
    before = renderer(tmp_path, "{% include 'parts/y.txt' %}").fingerprint
    with_part = renderer(tmp_path, "one", "parts/y.txt").fingerprint
    assert len({before, with_part, renderer(tmp_path, "two", "parts/y.txt").fingerprint}) == 3


def test_names_of_assets_tell_their_content() -> None:
    one, two = hashed({"app.css": b"a", "icon.svg": b"b"}), hashed({"app.css": b"c", "icon.svg": b"b"})
    assert one.paths["app.css"] == f"assets/app.{hashlib.sha256(b'a').hexdigest()[:10]}.css"
    assert one.paths["app.css"] != two.paths["app.css"] and one.paths["icon.svg"] == two.paths["icon.svg"]
    assert one.files[one.paths["app.css"]] == b"a"


def test_the_themes_files_are_there_once() -> None:
    made = Renderer()
    for path, data in made.assets.items():
        assert re.fullmatch(r"assets/[a-z]+\.[0-9a-f]{10}\.(?:css|js|svg)", path)
        assert hashlib.sha256(data).hexdigest().startswith(path.split(".")[1])
    assert plotly_bundle() in made.assets.values()
    assert made.fingerprint == Renderer().fingerprint


def test_the_policy_lets_nothing_in() -> None:
    parts = dict(part.split(" ", 1) for part in policy().split("; "))
    assert parts["default-src"] == "'none'" and parts["script-src"] == "'self'"
    assert parts["base-uri"] == parts["form-action"] == "'none'"
    assert "unsafe" not in policy(True) and "http" not in policy(True) and "*" not in policy(True)
    assert "frame-src" not in parts and "frame-src 'self'" in policy(True)
    empty = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert parts["style-src"] == f"'self' '{empty}'"
