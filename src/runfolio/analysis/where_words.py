"""Cuts a filter into words. There is no arithmetic, so `/`, `-`, `.` and `:` belong to names: `val/acc > 0.9`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from runfolio.errors import WhereError

WordKind = Literal["word", "number", "text", "quoted name", "sign", "end"]
_BLANK = " \t\r\n\u00a0"
_SIGNS = ("==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ",")
_WORD = re.compile(rf"""[^{_BLANK}"'`()\[\],=<>!]+""")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}
_MISSPELT = {"=": "==", "!": "not", "&": "and", "&&": "and", "|": "or", "||": "or"}


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of the filter and where it begins (1-based)."""

    kind: WordKind
    text: str
    """For texts and quoted names: without quotes, escapes resolved."""
    position: int
    source: str = ""
    """As written."""

    def is_keyword(self, *keywords: str) -> bool:
        """True for one of these bare words, in any case."""
        return self.kind == "word" and self.text.lower() in keywords

    def is_sign(self, *signs: str) -> bool:
        """True for one of these signs."""
        return self.kind == "sign" and self.text in signs


def fail(position: int, message: str, hint: str = "") -> NoReturn:
    """Raises a WhereError that names the place in the filter."""
    raise WhereError(f"the filter cannot be read at character {position}: {message}", hint=hint)


def words_of(text: str) -> list[Word]:
    """The words of a filter, closed by one of kind `end`."""
    words: list[Word] = []
    at = 0
    while at < len(text):
        if text[at] in _BLANK:
            at += 1
            continue
        word = _word_at(text, at)
        words.append(word)
        at += len(word.source)
    return [*words, Word("end", "", len(text) + 1)]


def _word_at(text: str, at: int) -> Word:
    if text[at] in "\"'":
        return _quoted(text, at)
    if text[at] == "`":
        end = text.find("`", at + 1)
        if end < 0:
            fail(at + 1, "the backtick is never closed")
        return Word("quoted name", text[at + 1 : end], at + 1, text[at : end + 1])
    for sign in _SIGNS:
        if text.startswith(sign, at):
            return Word("sign", sign, at + 1, sign)
    found = _WORD.match(text, at)
    word = found.group() if found else text[at]
    if word in _MISSPELT:
        fail(at + 1, f"`{word}` is not an operator; write `{_MISSPELT[word]}`")
    return Word("number" if _NUMBER.fullmatch(word) else "word", word, at + 1, word)


def _quoted(text: str, start: int) -> Word:
    quote, at, parts = text[start], start + 1, []
    while at < len(text) and text[at] != quote:
        if text[at] == "\\":
            part, length = _escape(text, at)
        else:
            part, length = text[at], 1
        parts.append(part)
        at += length
    if at >= len(text):
        fail(start + 1, "the quote is never closed")
    return Word("text", "".join(parts), start + 1, text[start : at + 1])


def _escape(text: str, at: int) -> tuple[str, int]:
    sign = text[at + 1 : at + 2]
    if sign in _ESCAPES:
        return _ESCAPES[sign], 2
    code = re.match(r"u([0-9a-fA-F]{4})", text[at + 1 :])
    if code:
        return chr(int(code.group(1), 16)), 6
    fail(at + 1, f"`\\{sign}` is not an escape", hint=r"Known are \\ \" \' \n \t and \uXXXX.")
