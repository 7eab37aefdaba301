"""A palette must be tested, not liked: contrast and distances are worked out again from the tokens.

Contrast: WCAG 2.2. Colour vision: Machado, Oliveira and Fernandes (2009), full severity, on linear sRGB. Distance:
Euclidean in OKLab (Ottosson 2020), times 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from runfolio.render.theme import find_theme

Array = NDArray[np.float64]
MODES = {
    name: {"light": find_theme(name).tokens.light, "dark": find_theme(name).tokens.dark}
    for name in ("folio", "paper")
}
CASES = [(theme, mode) for theme, modes in MODES.items() for mode, tokens in modes.items() if tokens]
VISIONS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(colour: str) -> Array:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    lights = sorted(float(np.dot([0.2126, 0.7152, 0.0722], linear(colour))) for colour in (a, b))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def oklab(colour: Array) -> Array:
    return TO_LAB @ np.cbrt(TO_LMS @ colour)


def smallest_distance(colours: list[str], vision: Array) -> float:
    seen = [oklab(np.clip(vision @ linear(colour), 0, 1)) for colour in colours]
    return min(float(np.linalg.norm(a - b)) * 100 for a, b in combinations(seen, 2))


def numbered(tokens: Mapping[str, str], kind: str) -> list[str]:
    return [value for name, value in tokens.items() if name.startswith(f"{kind}-")]


@pytest.mark.parametrize(("theme", "mode"), CASES)
def test_contrast_of_text_and_graphics(theme: str, mode: str) -> None:
    tokens = MODES[theme][mode]
    for name in ("ink", "ink-2", "accent", "better", "worse", "warning"):
        assert contrast(tokens[name], tokens["bg"]) >= 4.5, name
        assert contrast(tokens[name], tokens["bg-2"]) >= 4.5, name
    assert contrast(tokens["edge"], tokens["bg"]) >= 3
    assert min(contrast(colour, tokens["bg"]) for colour in numbered(tokens, "category")) >= 3.2
    assert min(contrast(colour, tokens["bg"]) for colour in numbered(tokens, "sequence")) >= 3
    assert min(contrast(colour, tokens["ink"]) for colour in numbered(tokens, "heat")) >= 7


@pytest.mark.parametrize(("mode", "least"), [("light", 11.0), ("dark", 12.1)])
def test_categories_differ_for_every_eye(mode: str, least: float) -> None:
    colours = numbered(MODES["folio"][mode], "category")
    assert len(colours) == 6
    found = {name: smallest_distance(colours, vision) for name, vision in VISIONS.items()}
    assert min(found.values()) >= least, found


def test_the_measure_finds_a_bad_palette() -> None:
    """Blue and violet of an often-seen set are one colour for a deutan reader."""
    assert smallest_distance(["#3B82F6", "#8B5CF6"], VISIONS["deutan"]) < 7


@pytest.mark.parametrize(("mode", "sign"), [("light", -1), ("dark", 1)])
def test_ordered_colours_go_one_way(mode: str, sign: int) -> None:
    lightness = [oklab(linear(colour))[0] for colour in numbered(MODES["folio"][mode], "sequence")]
    assert all(sign * step > 0.05 for step in np.diff(lightness))
