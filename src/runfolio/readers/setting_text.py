"""Settings that a tool kept as texts: numbers, True, False and None become what they were."""

from __future__ import annotations

import math
import re

from runfolio.model import ParameterValue, parameter
from runfolio.readers.number import clean, number_of_text

_WORDS = {"True": True, "true": True, "False": False, "false": False, "None": None}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
#: What Python, Java and R write for a float; `007`, `1_000` and a digest such as `12e4567890` are no numbers.
_FLOAT = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,17})?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?")


def parameter_of_text(text: str) -> ParameterValue:
    """The setting that the text spells; itself where it spells no other value."""
    if text in _WORDS:
        return parameter(_WORDS[text])
    if _WHOLE.fullmatch(text):
        return parameter(int(text))
    value = number_of_text(text) if _FLOAT.fullmatch(text) else None
    return parameter(value if value is not None and math.isfinite(value) else clean(text))
