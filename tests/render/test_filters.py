"""What templates may do with values: links that lead back, names cut in the middle, data that stays data."""

from __future__ import annotations

import json
import posixpath
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from runfolio.findings.text import plain
from runfolio.model import ColumnKind, Table
from runfolio.model.table import Column
from runfolio.render.filters import data_table, json_text, middle, quoted, relative, script_json

SEGMENT = st.text(
    st.characters(exclude_characters="/#\0", exclude_categories=["Cs"]), min_size=1, max_size=6
).filter(lambda text: text not in (".", ".."))
PATH = st.lists(SEGMENT, min_size=1, max_size=4).map("/".join)
ENDS = ["</script>", "<!--", "-->", "]]>", "\u2028", "\u2029", "&", "<script>"]
HOSTILE = st.lists(st.sampled_from(ENDS) | st.text(max_size=5)).map("".join)


@given(PATH, PATH)
def test_a_relative_link_leads_back(target: str, page: str) -> None:
    link = relative(target, page)
    assert posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(link))) == target
    assert not link.startswith("/") and ":" not in link.partition("/")[0]


@pytest.mark.parametrize(
    ("target", "page", "link"),
    [
        ("index.html", "index.html", "index.html"),
        ("index.html", "runs/a.html", "../index.html"),
        ("runs/a.html", "index.html", "runs/a.html"),
        ("runs/b.html", "runs/a.html", "b.html"),
        ("runs/b.html", "experiments/x.html", "../runs/b.html"),
        ("assets/js/app.1.js", "findings/deep/er/x.html", "../../../assets/js/app.1.js"),
        ("audit.html#numbers", "runs/a.html", "../audit.html#numbers"),
        ("a b/ü?.html", "index.html", "a%20b/%C3%BC%3F.html"),
        ("javascript:alert(1)", "index.html", "javascript%3Aalert%281%29"),
    ],
)
def test_relative_links(target: str, page: str, link: str) -> None:
    assert relative(target, page) == link


@given(st.text(), st.integers(3, 50))
def test_a_cut_name_keeps_both_ends(text: str, most: int) -> None:
    cut = middle(text, most)
    assert len(cut) <= most
    if len(text) <= most:
        assert cut == plain(text)
    else:
        at = (most - 1) // 2
        assert len(cut) == most and cut[at] == "…"
        assert plain(text).startswith(cut[:at]) and plain(text).endswith(cut[at + 1 :])


def test_names_cannot_turn_the_direction_of_what_follows() -> None:
    assert plain("abc\u202egpj.exe\u2066") == "abc\ufffdgpj.exe\ufffd"
    assert plain("a\x00b\x1b[31m\ud800") == "a\ufffdb\ufffd[31m\ufffd"
    assert plain("two\nlines\tand é 😀") == "two\nlines\tand é 😀"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the id `a<b` is taken", "the id <code>a&lt;b</code> is taken"),
        ("`a` and `b`", "<code>a</code> and <code>b</code>"),
        ("one ` alone & `x` then `y", "one <code> alone &amp; </code>x<code> then </code>y"),
        ("`x` then `y", "<code>x</code> then `y"),
        ("plain", "plain"),
    ],
)
def test_names_in_messages_are_shown_as_code(text: str, shown: str) -> None:
    assert quoted(text) == shown


@given(HOSTILE)
def test_quoting_a_message_lets_nothing_through(text: str) -> None:
    assert "<" not in quoted(text).replace("<code>", "").replace("</code>", "")


@given(HOSTILE)
def test_a_data_block_holds_what_was_put_in_and_cannot_be_left(text: str) -> None:
    for made in (script_json({text: [text]}), json_text(json.dumps({text: [text]}, ensure_ascii=False))):
        assert isinstance(made, Markup)
        assert not set("<>&\u2028\u2029") & set(made)
        assert json.loads(made) == {text: [text]}


def test_data_blocks_are_strict_json() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        script_json(float("nan"))


def test_tables_say_missing_values_and_align_numbers() -> None:
    table = Table(
        (Column("name", "<Name>"), Column("acc", "Acc", ColumnKind.NUMBER, decimals=2)),
        (("<b>", 0.5), ("b", None)),
    )
    made = data_table(table, 'Say "x"')
    assert '<th scope="col">&lt;Name&gt;</th>' in made and "<td>&lt;b&gt;</td>" in made
    assert '<td class="number">0.50</td>' in made and '<td class="number">–</td>' in made
    assert "Say &#34;x&#34;" in made


@pytest.mark.parametrize("value", [1.0, "x", None, float("inf"), 3])
def test_any_cell_can_be_shown(value: Any) -> None:
    assert "<td" in data_table(Table((Column("a", "A"),), ((value,),)))
