from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from runfolio.charts.chart import ROLES
from runfolio.errors import ThemeError
from runfolio.render.theme import bundled_themes, find_theme
from runfolio.render.tokens import check_tables, resolve_tokens, tokens_css

THEMES = Path(__file__).parents[2] / "themes"
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def inner(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return inner


def test_every_bundled_theme_can_be_used_and_has_a_colour_for_every_role() -> None:
    assert bundled_themes() == ("base", "folio", "paper")
    for name in bundled_themes():
        theme = find_theme(name)
        assert set(ROLES) <= theme.tokens.light.keys()
        assert all(theme.read(f"assets/{file}") for file in (*theme.styles, *theme.scripts))
        assert theme.folders[-1].name == "base"


def test_every_style_and_script_of_base_is_listed_once() -> None:
    theme = find_theme("base")
    scripts = (*theme.scripts, *(file for files in theme.later.values() for file in files))
    for kind, listed in (("css", theme.styles), ("js", scripts)):
        there = {f"{kind}/{path.name}" for path in (THEMES / "base" / "assets" / kind).glob(f"*.{kind}")}
        assert set(listed) == there
        assert len(listed) == len(there)


def test_style_sheets_use_known_tokens_and_no_colour_of_their_own() -> None:
    theme = find_theme()
    known = set(re.findall(r"--([a-z0-9-]+):", tokens_css(theme.tokens)))
    for name in theme.styles:
        text = re.sub(r"/\*.*?\*/", "", theme.read(f"assets/{name}").decode(), flags=re.DOTALL)
        own = set(re.findall(r"--([a-z0-9-]+)\s*:", text))
        needed = set(re.findall(r"var\(--([a-z0-9-]+)\)", text))
        assert needed <= known | own, f"{name} uses unknown tokens"
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*})|\brgba?\(|\bhsla?\(", text), (
            f"{name} has a literal colour"
        )


def test_paper_is_light_only() -> None:
    css = tokens_css(find_theme("paper").tokens)
    assert "prefers-color-scheme" not in css
    assert "data-theme" not in css
    assert "color-scheme:light;" in css


def test_dark_counts_on_screens_only_and_the_reader_may_choose() -> None:
    css = tokens_css(find_theme().tokens)
    first, system, chosen = css.strip().split("\n")
    assert first.startswith(":root{color-scheme:light;")
    assert system.startswith("@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){")
    assert chosen.startswith("@media screen{:root[data-theme=dark]{")
    assert system.count("--") == chosen.count("--")
    assert re.findall(r"--ink:(#\w+)", css) == ["#14181d", "#e8ecf1", "#e8ecf1"]


def test_references_are_followed_in_each_mode() -> None:
    tokens = resolve_tokens(
        [{"light": {"ink": "#123", "muted": "faint", "faint": "ink 18%"}, "dark": {"ink": "#FFFFFF"}}]
    )
    assert tokens.light == {"ink": "#112233", "muted": "#1122332e", "faint": "#1122332e"}
    assert tokens.dark["muted"] == "#ffffff2e"


def test_a_theme_of_one_colour(write: Write, tmp_path: Path) -> None:
    write("mine/tokens.toml", '[light]\naccent = "#700"\n')
    theme = find_theme("mine", tmp_path)
    assert theme.tokens.light["accent"] == "#770000"
    assert theme.tokens.light["focus"] == "#770000"
    assert theme.tokens.dark["accent"] == find_theme().tokens.dark["accent"]


def test_the_projects_folder_lies_over_the_chosen_theme(write: Write, tmp_path: Path) -> None:
    write("theme/tokens.toml", '[light]\naccent = "#123456"\n[size]\nh1 = "40px"\n')
    write("theme/theme.toml", 'styles = ["css/own.css"]\n')
    own = write("theme/assets/css/own.css", "p{}")
    over = write("theme/assets/css/type.css", "h1{}")
    theme = find_theme("folio", tmp_path)
    assert [folder.name for folder in theme.folders] == ["theme", "folio", "base"]
    assert (theme.tokens.light["accent"], theme.tokens.plain["size-h1"]) == ("#123456", "40px")
    assert theme.styles[-1] == "css/own.css"
    assert theme.find("assets/css/own.css") == own
    assert theme.read("assets/css/type.css") == over.read_bytes()
    assert theme.find("assets/css/none.css") is None


def test_themes_extend_each_other_along_the_chain(write: Write, tmp_path: Path) -> None:
    write("a/theme.toml", 'extends = "b"\nstyles = ["css/a.css"]\n')
    write("b/theme.toml", 'extends = "folio"\nstyles = ["css/b.css"]\ndark = false\n')
    theme = find_theme("a", tmp_path)
    assert [folder.name for folder in theme.folders] == ["a", "b", "folio", "base"]
    assert theme.styles[-2:] == ("css/b.css", "css/a.css")
    assert theme.tokens.dark == {}


@pytest.mark.parametrize(
    ("files", "name", "slug", "message"),
    [
        ({}, "folo", "theme-unknown", "there is no theme `folo`; nearest: `folio`"),
        ({"a/theme.toml": 'extends = "a"'}, "a", "theme-ring", "a → a"),
        ({"a/theme.toml": "extends = "}, "a", "theme-toml", "a/theme.toml: not valid TOML"),
        (
            {"a/theme.toml": "extend = 1\napi = 2\nscripts = 3\ndark = 1"},
            "a",
            "theme-settings",
            "nearest: `extends`",
        ),
        (
            {"a/theme.toml": 'styles = ["../../secret"]'},
            "a",
            "theme-settings",
            "`styles` is not a list of file names",
        ),
        ({"theme/theme.toml": 'extends = "paper"'}, "folio", "theme-settings", "has no `extends`"),
        ({"a/tokens.toml": '[ligth]\nink = "#000"'}, "a", "theme-tokens", "nearest: `light`"),
        (
            {"a/tokens.toml": '[light]\nink = "blü"\nLine = "#fff"'},
            "a",
            "theme-tokens",
            "[light] ink: `blü` is no colour; [light] Line",
        ),
        ({"a/tokens.toml": "[light]\nink = 1"}, "a", "theme-tokens", "not in quotes"),
        (
            {"a/tokens.toml": '[size]\nh1 = "1px;}body{x:y"'},
            "a",
            "theme-tokens",
            "cannot stand in a style sheet",
        ),
        (
            {"a/tokens.toml": '[light]\nink = "accnt"'},
            "a",
            "theme-tokens",
            "no colour is called `accnt`; nearest: `accent`",
        ),
        ({"a/tokens.toml": '[light]\nink = "accent"\naccent = "ink"'}, "a", "theme-tokens", "in a ring"),
    ],
)
def test_what_is_wrong_is_named(
    files: dict[str, str], name: str, slug: str, message: str, write: Write, tmp_path: Path
) -> None:
    for path, text in files.items():
        write(path, text)
    with pytest.raises(ThemeError) as caught:
        find_theme(name, tmp_path)
    assert caught.value.error_slug == slug
    assert message in str(caught.value)
    assert caught.value.hint
    assert str(tmp_path) not in str(caught.value)


def test_all_faults_of_a_file_come_together() -> None:
    with pytest.raises(ThemeError) as caught:
        check_tables({"light": {"a": "?", "b": "!"}, "nothing": 1}, "x/tokens.toml")
    assert caught.value.message.count(";") == 2


def test_a_listed_file_that_is_not_there_is_named(write: Write, tmp_path: Path) -> None:
    write("a/theme.toml", 'scripts = ["js/none.js"]')
    with pytest.raises(ThemeError, match=r"^a/theme\.toml: there is no `assets/js/none\.js`"):
        find_theme("a", tmp_path).read("assets/js/none.js")
    write("theme/theme.toml", 'later = { charts = ["js/mine.js"] }')
    with pytest.raises(ThemeError, match=r"^theme/theme\.toml: there is no `assets/js/mine\.js`"):
        find_theme("a", tmp_path).read("assets/js/mine.js")
    with pytest.raises(ThemeError, match=r"^a/theme\.toml: "):
        find_theme("a", tmp_path).read("assets/js/none.js")


def test_a_colour_that_does_not_resolve_is_told_with_its_file(write: Write, tmp_path: Path) -> None:
    write("a/tokens.toml", '[dark]\nink = "accnt"')
    with pytest.raises(ThemeError, match=r"^a/tokens\.toml: no colour is called `accnt`"):
        find_theme("a", tmp_path)
    write("theme/tokens.toml", '[light]\nink = "accent"\naccent = "ink"')
    with pytest.raises(ThemeError, match=r"^theme/tokens\.toml: colours refer to each other in a ring"):
        find_theme("folio", tmp_path)
