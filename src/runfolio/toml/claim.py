"""The table of a claim: the same keys under [[claim]] and [[gate]] of the configuration and in a finding."""

from __future__ import annotations

from typing import Any

from runfolio.analysis.claim import Against, Claim, Form
from runfolio.errors import nearest
from runfolio.toml.section import Section

_WORDS = tuple(form.value for form in Form if form not in (Form.WHERE, Form.BUDGET))
_WITH_BY = (Form.BETTER, Form.WORSE, Form.NOT_WORSE, Form.HIGHER, Form.LOWER, Form.EQUIVALENT)


def read_claim(section: Section, *, is_gate: bool = False) -> Claim | None:
    """The claim of a table, or None where its kind is not said; every fault is noted with its key.

    Exactly one of `is`, `where` and `budget` says what is claimed; keys that this kind does not use are faults.
    """
    form = _form(section)
    name, text = section.text("name") or "", section.text("text") or ""
    experiment, group = section.text("experiment") or "", section.where("group") or ""
    gates, is_flip_gate = _gate(section, is_gate)
    on_undecided = section.text("undecided")
    if on_undecided not in (None, "pass", "fail"):
        section.fault("undecided", f"is `{on_undecided}`; write `pass` or `fail`")
    if on_undecided is not None and not gates:
        section.fault("undecided", "is for gates; write gate = true beside it")
    is_open = section.flag("open")
    if form is None:
        return None
    parts = _parts(section, form)
    section.no_others()
    path, line = section.place
    return Claim(
        form=form,
        name=name,
        text=text,
        experiment=experiment,
        group=group,
        may_be_open=is_open,
        is_gate=gates,
        is_flip_gate=is_flip_gate,
        undecided_fails=on_undecided == "fail",
        path=path,
        line=line,
        **parts,
    )


def _gate(section: Section, is_gate: bool) -> tuple[bool, bool]:
    """Whether it is a gate, and one that only a flip shuts."""
    value = section.raw("gate")
    if not isinstance(value, bool) and value not in (None, "flip"):
        section.fault("gate", 'must be true, false, or "flip" for a gate that only what held before may shut')
    return is_gate or bool(value), value == "flip"


def _form(section: Section) -> Form | None:
    said = [key for key in ("is", "where", "budget") if section.has(key)]
    if len(said) > 1:
        section.fault(said[1], f"cannot stand beside `{said[0]}`: a claim says one thing")
    if not said:
        section.fault("is", f"must be given: {', '.join(_WORDS)}; or write `where` or `budget`")
        return None
    if said[0] != "is":
        return Form(said[0])
    word = section.text("is")
    if word is not None and word not in _WORDS:
        section.fault("is", f"is `{word}`, which is not one of {', '.join(_WORDS)}{nearest(word, _WORDS)}")
    return Form(word) if word in _WORDS else None


def _parts(section: Section, form: Form) -> dict[str, Any]:
    """What this kind of claim says beyond what all of them say."""
    if form is Form.WHERE:
        return {"where": section.where("where") or "", "count": _count(section)}
    if form is Form.BUDGET:
        return _budget(section)
    parts: dict[str, Any] = {"metric": section.text("metric") or ""}
    if form.is_comparison or form.is_bound:
        parts["pool"] = section.flag("pool")
    if form in _WITH_BY:
        parts |= {
            "than": section.where("than") or "",
            "against": section.word("against", Against),
            "by": section.number("by", at_least=0),
        }
        if parts["than"] and parts["against"]:
            section.fault("against", "cannot stand beside `than`: a configuration is compared with one thing")
    elif form.is_trend:
        parts |= {
            "by": section.number("by", at_least=0),
            "since_build": section.text("since_build") or "",
        }
    elif form.is_bound:
        parts["bound"] = section.number("than")
        if not section.has("than"):
            section.fault("than", f"must be given: the number that the mean is {form}")
    elif form is Form.BEST:
        parts["of"] = section.where("of") or ""
    if form in (
        Form.BETTER,
        Form.WORSE,
        Form.HIGHER,
        Form.LOWER,
        Form.EQUIVALENT,
        Form.ABOVE,
        Form.BELOW,
        Form.BEST,
    ):
        section.needs("group", "a filter that picks the configuration it is about")
    if form is Form.LOGGED:
        section.needs("metric", "the metric that every run must have logged")
    return parts


def _count(section: Section) -> str:
    """The key `for`: all, none, or a whole number from 1."""
    value = section.raw("for")
    if value is None or value in ("all", "none"):
        return value or "all"
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return str(value)
    section.fault("for", "must be `all`, `none`, or the least number of runs, from 1")
    return "all"


def _budget(section: Section) -> dict[str, Any]:
    value, per = section.raw("at_most"), section.text("per")
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        section.fault("at_most", 'must be given: a number, or a text such as "2 h" or "12 GB"')
    if per not in (None, "run", "total"):
        section.fault("per", f"is `{per}`; write `run` or `total`")
    return {
        "budget": section.needed("budget"),
        "at_most": value if isinstance(value, str) else repr(value),
        "is_total": per == "total",
    }
