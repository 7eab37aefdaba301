"""LaTeX as MathML, made at build time: it reads without scripts and without the network."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

from runfolio.findings.text import escaped

_NAMESPACE = "http://www.w3.org/1998/Math/MathML"
#: What the converter may bring; anything else came out of a text that wants to be markup.
_ELEMENTS = frozenset(
    [
        "math",
        "maction",
        "menclose",
        "mfenced",
        "mfrac",
        "mi",
        "mlabeledtr",
        "mmultiscripts",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mphantom",
        "mprescripts",
        "mroot",
        "mrow",
        "ms",
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtext",
        "mtr",
        "munder",
        "munderover",
        "none",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "accent",
        "accentunder",
        "align",
        "columnalign",
        "columnlines",
        "columnspacing",
        "columnspan",
        "depth",
        "display",
        "displaystyle",
        "fence",
        "form",
        "frame",
        "height",
        "linethickness",
        "lspace",
        "mathsize",
        "mathvariant",
        "maxsize",
        "minsize",
        "movablelimits",
        "notation",
        "rowlines",
        "rowspacing",
        "rspace",
        "scriptlevel",
        "separator",
        "stretchy",
        "symmetric",
        "voffset",
        "width",
    ]
)
#: The converter does not escape what stands in \text{…}: these signs travel as others.
_SIGNS = {"<": "\ue000", ">": "\ue001"}
_LOOSE = re.compile(r"\\?&(?!#x?[0-9A-Fa-f]{1,6};)")


class MathError(ValueError):
    """The text is no LaTeX that can be shown."""


@lru_cache(maxsize=512)
def mathml(latex: str, *, is_block: bool) -> str:
    """The formula as a `<math>` element, its LaTeX as the text for who cannot see it.

    Raises:
        MathError: it cannot be read; the message says what is wrong.
    """
    source = latex.strip()
    for sign, other in _SIGNS.items():
        source = source.replace(sign, other)
    try:
        made = convert(source, display="block" if is_block else "inline")
    except Exception as error:  # the converter has a dozen errors of its own, and raises others as well
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Error")).lower()
        raise MathError(words) from error
    try:
        root = ElementTree.fromstring(_LOOSE.sub("&amp;", made))
    except ElementTree.ParseError as error:
        raise MathError("it cannot be written as MathML") from error
    return _written(root, latex.strip())


def _written(root: ElementTree.Element, latex: str) -> str:
    for element in root.iter():
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name not in _ELEMENTS:
            raise MathError(f"`{name}` has no place in a formula")
        element.tag = name
        for key in list(element.attrib):
            if key not in _ATTRIBUTES:
                del element.attrib[key]
        text = element.text or ""
        if name == "mi" and text.startswith("\\") and len(text) > 1:
            raise MathError(f"`{text}` is not a command that is known")
        if name == "mi" and text in _SIGNS.values():
            element.tag = "mo"
        for sign, other in _SIGNS.items():
            element.text = (element.text or "").replace(other, sign)
    root.attrib["xmlns"] = _NAMESPACE
    inner = ElementTree.tostring(root, encoding="unicode")
    return inner.replace("<math", f'<math alttext="{escaped(latex)}"', 1)
