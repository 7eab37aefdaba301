"""Live values: one call with constants. Nothing else is ever run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.findings.expression import Call, ExpressionError, evaluate, parse_call

NAMES = ("best", "count")

HOSTILE = [
    "best.__class__",
    "best().__class__",
    "best.__globals__['os']",
    "''.__class__.__mro__[1].__subclasses__()",
    "count(best.__init__)",
    "count(best())",
    "count(''.join(['a']))",
    "count([1, 2])",
    "count({'a': 1})",
    "count('a' ~ 'b')",
    "count('a' * 1000000000)",
    "count(10 ** 10 ** 10)",
    "count(range(10))",
    "count(*[1])",
    "count(**{'a': 1})",
    "best() + 1",
    "best() | upper",
    "best() if true else count()",
    "best() is defined",
    "self",
    "cycler('a')",
    "lipsum()",
    "namespace()",
    "__import__('os')",
    "open('/etc/passwd')",
    "eval('1')",
    "best()[0]",
    "(best)()()",
    "1",
    "'x'",
    "",
    "best( }} {% for x in range(9) %} {{ best()",
    "best() }} {{ count()",
    "{% set x = 1 %}",
    "best(" * 3000,
    "a" * 501,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_plain_call_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_call(text, NAMES)


def test_a_call_is_taken_apart() -> None:
    found = parse_call(" best('val/acc', -1, where = \"a == 'b'\", all=true) ", NAMES)
    assert found == Call("best", ("val/acc", -1), (("where", "a == 'b'"), ("all", True)))


def test_an_unknown_function_is_named_with_the_nearest() -> None:
    with pytest.raises(
        ExpressionError, match="there is no function `bset`; nearest: `best`; functions: best, count"
    ):
        parse_call("bset()", NAMES)


def test_the_function_gets_its_arguments() -> None:
    def best(metric: str = "", where: str = "") -> str:
        return f"{metric}|{where}"

    assert evaluate(parse_call("best('a', where='b')", NAMES), {"best": best}) == "a|b"
    with pytest.raises(ExpressionError, match=r"`best` takes \(metric, where\)"):
        evaluate(parse_call("best(wher='b')", NAMES), {"best": best})


@given(st.text(max_size=80))
def test_any_text_is_a_call_or_refused(text: str) -> None:
    try:
        found = parse_call(text, NAMES)
    except ExpressionError:
        return
    assert found.function in NAMES
