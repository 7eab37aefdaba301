"""What a finding asks for is found with its line, whatever stands around it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import faults, read

from runfolio.findings.front_matter import FindingStatus

FULL = """\
+++
title = "Warm-up helps"
author = ["A. Tester", "B. Checker"]
date = 2026-11-12
experiment = "warmup"
status = "open question"
tags = ["warm-up", "lr"]
summary = "In one sentence."
pinned = true
order = 2
+++

Text.
"""


def test_the_front_matter_is_read() -> None:
    front = read(FULL).front
    assert (front.title, front.authors, front.day) == (
        "Warm-up helps",
        ("A. Tester", "B. Checker"),
        date(2026, 11, 12),
    )
    assert front.status is FindingStatus.OPEN_QUESTION
    assert (front.experiment, front.experiment_line) == ("warmup", 5)
    assert (front.tags, front.summary, front.pinned, front.order) == (
        ("warm-up", "lr"),
        "In one sentence.",
        True,
        2,
    )
    assert read(FULL).faults == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('+++\nathor = "x"\n+++\n', ["2: unknown key `athor`; nearest: `author`"]),
        ("+++\ntitle = x\n+++\n", ["2: this is not TOML: Invalid value"]),
        ("+++\n\n\nstatus = 'dreft'\n+++\n", ["4: `status` is `dreft`, which is not one of `draft`, "
         "`open question`, `final`, `superseded`; nearest: `draft`"]),
        ('+++\ndate = "2026"\n+++\n', ["2: `date` must be a date without quotes, such as 2026-11-21"]),
        ("+++\npinned = 1\n+++\n", ["2: `pinned` must be true or false"]),
        ("+++\ntitle = 'x'\n", ["1: the front matter has no end: a second line of `+++`"]),
        ("---\ntitle: x\n---\n", ["1: front matter is TOML between two lines of `+++`, not YAML between `---`"]),
        ("a\n\n```tabel\n```\n", ["3: `tabel` is no kind of block; nearest: `table`"]),
        ("a\n\n```chart\nmetirc = 'x'\n```\n", ["4: unknown key `metirc`; nearest: `metric`"]),
        ("```chart\n\nmetric = \n```\n", ["3: this is not TOML: Invalid value"]),
        ("```table\nwhere = 'a =='\n```\n", ["2: `where` is not a filter expression: the filter cannot be read at "
         "character 5: something is missing at the end"]),
        ("```table\nlimit = 0\n```\n", ["2: `limit` must be at least 1"]),
        ("```value\nlabel = 'x'\n```\n", ["1: `value` must be given"]),
        ("```compare\nsides = ['a == 1']\n```\n", ["2: `sides` must be two to four filters, the last one the baseline"]),
        ("- a\n\n  ```chart\n  ```\n", ["3: a block of kind `chart` stands inside a list, a quotation or a note"]),
        ("> a\n>\n> ```table\n> ```\n", ["3: a block of kind `table` stands inside a list, a quotation or a note"]),
        ("x\n\n$$\n\\frac{\n$$\n", ["3: the formula cannot be shown: no available tokens"]),
        ("a\nb $\\nonsense x$\n", ["2: the formula cannot be shown: `\\nonsense` is not a command that is known"]),
    ],
)  # fmt: skip
def test_every_fault_has_its_line(text: str, expected: list[str]) -> None:
    assert faults(text) == expected


def test_values_links_and_images_have_their_lines() -> None:
    document = read(
        "+++\n+++\n\nOne {{ best() }}\nand *two {{ count() }}*\n\n- a [l](run:x)\n- b\n  {{ failed() }}\n\n"
        "| a | b |\n|--|--|\n| 1 | {{ mean() }} |\n\n> q\n> ![i](a.png)\n\nNote[^n]\n\n[^n]: x\n    {{ best() }}\n"
    )
    assert [(value.source.strip(), value.line) for value in document.values] == [
        ("best()", 4),
        ("count()", 5),
        ("failed()", 9),
        ("mean()", 13),
        ("best()", 21),
    ]
    assert [(item.target, item.line, item.is_image) for item in document.references] == [
        ("run:x", 7, False),
        ("a.png", 16, True),
    ]


def test_braces_in_code_and_formulas_are_left_alone() -> None:
    assert read("`{{ best() }}`\n\n```\n{{ best() }}\n```\n\n$x^{{2}}$ \\{{ a }} {{ open\n").values == ()


def test_a_value_may_hold_braces_in_its_texts() -> None:
    assert [value.source for value in read("{{ count(\"name == '}}'\") }}").values] == [
        " count(\"name == '}}'\") "
    ]


def test_sections_begin_at_the_highest_headings() -> None:
    document = read("Intro.\n\n### One\n\n#### In\n\n```runs\n```\n\n### Two\n")
    assert [section.anchor for section in document.sections] == ["", "one", "two"]
    assert [(item.anchor, item.level) for item in document.headings] == [("one", 2), ("in", 3), ("two", 2)]
    assert [block.kind for block in document.blocks] == ["runs"]


def test_anchors_are_unique_and_never_the_pages_own() -> None:
    document = read("## Main\n\n## Main\n\n## Fn1\n\n## A b!\n\n## A b\n\n## **\n")
    assert [item.anchor for item in document.headings][:5] == [
        "about-main",
        "about-main-2",
        "about-fn1",
        "a-b",
        "a-b-2",
    ]


def test_a_first_heading_is_the_title_where_there_is_no_other() -> None:
    assert read("# The title\n\n## One\n").title == "The title"
    assert [item.anchor for item in read("# The title\n\n## One\n").headings] == ["one"]
    assert read("+++\ntitle = 'A'\n+++\n# B\n").title == "A"
    assert read("No heading.").title == "x"


@given(st.text(alphabet=st.sampled_from("+-#`{}[]()!|$^*_<>&\\\n \"'=:.a1~"), max_size=200))
def test_any_text_is_read(text: str) -> None:
    document = read(text, html=True)
    lines = text.count("\n") + 1
    assert all(1 <= value.line <= lines for value in document.values)
    assert all(fault.line >= 1 for fault in document.faults)
