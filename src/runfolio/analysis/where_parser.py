"""Parses filters. The grammar is in docs/where.md; the site's script has a second parser held to the same cases."""

from __future__ import annotations

from collections.abc import Callable

from runfolio.analysis.where_tree import (
    All,
    Any,
    Choice,
    Comparison,
    Constant,
    Kind,
    Name,
    Node,
    Not,
    Operand,
    Search,
)
from runfolio.analysis.where_words import Word, fail, words_of

_DEEPEST = 50
_PREFIXES: dict[str, Kind] = {
    "params": "parameter",
    "parameters": "parameter",
    "metrics": "metric",
    "run": "field",
}
_CONSTANTS = {"true": True, "false": False, "none": None}
Resolve = Callable[[Kind, str, int], Name]


def parse(text: str, resolve: Resolve) -> Node:
    """The tree of a filter; an empty text gives one that is always true. WhereError names the place of a fault.

    `resolve(kind, name, position)` turns a written name into what it means, or raises.
    """
    reader = _Reader(words_of(text), resolve)
    if len(reader.words) == 1:
        return All(())
    tree = reader.either()
    rest = reader.word
    if rest.kind != "end":
        fail(rest.position, f"`{rest.source}` is not expected here")
    return tree


class _Reader:
    def __init__(self, words: list[Word], resolve: Resolve) -> None:
        self.words = words
        self.resolve = resolve
        self.at = 0
        self.depth = 0

    @property
    def word(self) -> Word:
        return self.words[self.at]

    def take(self) -> Word:
        word = self.word
        self.at += word.kind != "end"
        return word

    def expect(self, sign: str, after: Word) -> None:
        if not self.word.is_sign(sign):
            fail(after.position, f"`{after.source}` is never closed by `{sign}`")
        self.take()

    def either(self) -> Node:
        parts = [self.both()]
        while self.word.is_keyword("or"):
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def both(self) -> Node:
        parts = [self.one()]
        while True:
            if self.word.is_keyword("and"):
                self.take()
            elif self.word.kind == "end" or self.word.is_sign(")") or self.word.is_keyword("or"):
                break
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self) -> Node:
        word = self.word
        if self.depth >= _DEEPEST:
            fail(word.position, f"more than {_DEEPEST} parentheses or `not` inside each other")
        if word.is_keyword("not"):
            self.take()
            return Not(self.nested(self.one))
        if word.is_sign("("):
            self.take()
            inner = self.nested(self.either)
            self.expect(")", word)
            return inner
        return self.comparison()

    def nested(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        inner = read()
        self.depth -= 1
        return inner

    def comparison(self) -> Node:
        start = self.word
        if _may_be_text(start) and not self.brackets_follow() and not self.operator_at(self.at + 1):
            self.take()
            return Search(start.text, float(start.text) if start.kind == "number" else None)
        first = self.operand()
        rest: list[tuple[str, Operand]] = []
        while (operator := self.operator_at(self.at)) is not None:
            self.at += len(operator.split())
            rest.append((operator, self.choice() if operator.endswith("in") else self.operand()))
        if not rest:
            written = "".join(word.source for word in self.words[self.words.index(start) : self.at])
            fail(
                start.position,
                f"{written} stands alone; compare it, as in {written} == 1",
                hint="A text to search for goes in quotes.",
            )
        _refuse_list_comparison(first, rest, start)
        return Comparison(first, tuple(rest))

    def brackets_follow(self) -> bool:
        return self.word.text in _PREFIXES and self.words[self.at + 1].is_sign("[")

    def operator_at(self, at: int) -> str | None:
        """The operator that begins at a word, or None. `not` is one only before `in`."""
        word = self.words[min(at, len(self.words) - 1)]
        if word.is_sign("==", "!=", "<", "<=", ">", ">="):
            return word.text
        if word.is_keyword("in"):
            return "in"
        return "not in" if word.is_keyword("not") and self.words[at + 1].is_keyword("in") else None

    def operand(self) -> Constant | Name:
        word = self.take()
        if word.kind == "number":
            return Constant(float(word.text))
        if word.kind == "text":
            return Constant(word.text)
        if word.kind == "quoted name":
            return self.resolve("any", word.text, word.position)
        if word.kind == "end":
            fail(word.position, "something is missing at the end")
        if word.kind == "sign" or word.is_keyword("and", "or", "in", "not"):
            fail(word.position, f"a name or a value is missing before `{word.source}`")
        if word.is_keyword(*_CONSTANTS):
            return Constant(_CONSTANTS[word.text.lower()])
        if word.text in _PREFIXES and self.word.is_sign("["):
            return self.bracketed(word)
        if word.text[0].isascii() and word.text[0].isdigit():
            return Constant(word.text)
        return self.resolve("any", word.text, word.position)

    def bracketed(self, prefix: Word) -> Name:
        self.take()
        name = self.take()
        if name.kind != "text":
            fail(name.position, f'`{prefix.text}[` needs a name in quotes, as in {prefix.text}["val/acc"]')
        self.expect("]", prefix)
        return self.resolve(_PREFIXES[prefix.text], name.text, prefix.position)

    def choice(self) -> Operand:
        opening = self.word
        if not opening.is_sign("(", "["):
            return self.operand()
        self.take()
        items = [self.operand()]
        while self.word.is_sign(","):
            self.take()
            items.append(self.operand())
        self.expect(")" if opening.text == "(" else "]", opening)
        return Choice(tuple(items))


def split_prefix(name: str) -> tuple[Kind, str]:
    """`params.lr` → (`parameter`, `lr`); a name without a known prefix is of kind `any`."""
    prefix, dot, rest = name.partition(".")
    return (_PREFIXES[prefix], rest) if dot and rest and prefix in _PREFIXES else ("any", name)


def _may_be_text(word: Word) -> bool:
    """True for what is searched for when it stands alone; `params.lr` and backticks always mean a name."""
    if word.kind == "word":
        return not word.is_keyword("and", "or", "in", "not") and split_prefix(word.text)[0] == "any"
    return word.kind in ("text", "number")


def _refuse_list_comparison(first: Operand, rest: list[tuple[str, Operand]], place: Word) -> None:
    """`tags == "x"` would never be true: tags are a list."""
    tags = Name("field", "tags")
    left = first
    for operator, right in rest:
        if tags == left or (tags == right and not operator.endswith("in")):
            fail(place.position, '`tags` is a list; ask for one of them, as in "baseline" in tags')
        left = right
