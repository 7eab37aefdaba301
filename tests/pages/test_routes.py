"""Addresses: readable, harmless, and never shared by two things."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.pages import routes
from runfolio.pages.routes import artifact_file, slug

ANY_TEXT = st.text(st.characters(), max_size=120)
#: Texts that look like slugs, so that the rules for safe ones are met often.
NEAR_SLUGS = st.text("abAB09.-_ äſK/", max_size=12)
TEXT = ANY_TEXT | NEAR_SLUGS
RESERVED = {"con", "prn", "aux", "nul", "index", *(f"{p}{n}" for p in ("com", "lpt") for n in range(10))}


def folded(text: str) -> str:
    """What a file system that ignores case and normalises keeps of a name."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text)).casefold()


@given(st.lists(TEXT, max_size=20, unique=True))
def test_different_texts_have_different_slugs_on_every_file_system(texts: list[str]) -> None:
    slugs = [folded(slug(text)) for text in texts]
    assert len(set(slugs)) == len(texts)


@given(TEXT)
def test_slugs_are_safe_file_names(text: str) -> None:
    made = slug(text)
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", made)
    assert ".." not in made
    assert len(made) <= 89
    assert made.partition(".")[0] not in RESERVED


@given(TEXT)
def test_a_slug_of_a_slug_never_takes_anothers_place(text: str) -> None:
    made = slug(text)
    assert made == text or slug(made) != made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run-00001", "run-00001"),
        ("tinyformer-lr0.001-s2", "tinyformer-lr0.001-s2"),
        ("Case", "case-15f86e24"),
        ("läuft 3", "lauft-3-ca650e6a"),
        ("", "x-e3b0c442"),
        ("con", "con-1143da2b"),
        ("a" * 80, "a" * 80),
        ("name-0123abcd", "name-0123abcd-608adc14"),
        ("../../etc/passwd", "etc-passwd-3754d6cb"),
    ],
)
def test_slugs_never_move(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(
    st.lists(
        st.tuples(NEAR_SLUGS, st.sampled_from(["", ".png", ".PNG", ".Png", ".tar.gz", ".a b"])), unique=True
    )
)
def test_artifacts_of_a_run_never_share_a_file(parts: list[tuple[str, str]]) -> None:
    paths = {stem + ending for stem, ending in parts}
    assert len({folded(artifact_file("run", path)) for path in paths}) == len(paths)


@given(TEXT, TEXT)
def test_artifacts_stay_in_their_runs_folder(run_id: str, path: str) -> None:
    parts = artifact_file(run_id, path).split("/")
    assert parts[:2] == ["artifacts", slug(run_id)]
    assert len(parts) == 3
    assert parts[2] not in ("", ".", "..")
    assert re.fullmatch(r"[a-z0-9._-]+", parts[2])


def test_an_ending_is_kept() -> None:
    assert artifact_file("a", "plots/Loss curve.PNG").endswith(".png")
    assert artifact_file("a", "model.safetensors") == "artifacts/a/model.safetensors"
    assert artifact_file("a", "plot.png") == "artifacts/a/plot.png"


@given(TEXT, TEXT)
def test_pages_and_scripts_have_addresses_of_their_own(first: str, second: str) -> None:
    made = [routes.HOME, routes.COMPARE, routes.AUDIT, routes.PROBLEMS, routes.MISSING, routes.SEARCH_DATA]
    for text, key in {first: "1" * 10, second: "2" * 10}.items():
        made += [
            routes.run_page(text),
            routes.experiment_page(text),
            routes.run_series(text, key),
            routes.group_series(text, key[::-1] + "0"),
            routes.experiment_table(text, key),
        ]
    assert len({folded(path) for path in made}) == len(made)
    assert not any(path.startswith("/") or ".." in path.split("/") for path in made)
