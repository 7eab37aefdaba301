"""Pictures inside event files: which are shown, where their bytes lie, and that a site and an import have them as files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from messages import event, event_file, message, scalar, tensor

from runfolio import api
from runfolio.catalog import Catalog, read_catalog
from runfolio.catalog.import_runs import import_runs
from runfolio.catalog.reporter import Silence
from runfolio.model import Run
from runfolio.readers.tensorboard_images import MOST_IMAGES
from runfolio.testing.reader_contract import write_tree

NAME = "events.out.tfevents.1600000000.machine.12.0"
PNG = b"\x89PNG\r\n\x1a\n"
RESTART = message((1, 1001.0), (2, 4), (7, message((1, 1))))


def image(tag: str, content: bytes) -> bytes:
    """As PyTorch, tensorboardX and TensorFlow 1 write it."""
    return message((1, tag), (4, message((1, 2), (2, 2), (3, 3), (4, content))))


def images(tag: str, *contents: bytes) -> bytes:
    """As TensorFlow 2 writes it: width, height and files in one tensor of texts."""
    texts = (b"2", b"2", *contents)
    shape = message((2, message((1, len(texts)))))
    return tensor(tag, message((1, 7), (2, shape), *((8, text) for text in texts)), "images")


def read(folder: Path, *events: bytes) -> tuple[Catalog, Run]:
    catalog = read_catalog([write_tree(folder / "logs", {f"exp/a/{NAME}": event_file(*events)})], workers=1)
    (run,) = catalog.runs
    return catalog, run


def shown(catalog: Catalog, run: Run) -> list[tuple[str, int | None, bytes]]:
    return [
        (item.name, item.step, catalog.read_artifact(run, item.path or "")[len(PNG) :])
        for item in run.artifacts
    ]


def test_of_each_tag_the_latest_step_is_shown(tmp_path: Path) -> None:
    catalog, run = read(
        tmp_path,
        event(9, 1001.0, image("b/one", PNG + b"nine"), scalar("loss", 1)),
        event(3, 1002.0, image("b/one", PNG + b"three")),
        event(5, 1003.0, images("a", PNG + b"left", PNG + b"right")),
    )
    assert shown(catalog, run) == [("a", 5, b"left"), ("a (2)", 5, b"right"), ("b/one", 9, b"nine")]
    assert {item.media_type for item in run.artifacts} == {"image/png"}
    assert [item.size_bytes for item in run.artifacts] == [len(PNG) + 4, len(PNG) + 5, len(PNG) + 4]
    assert run.notes == ""


def test_what_a_restart_logs_again_does_not_count(tmp_path: Path) -> None:
    catalog, run = read(
        tmp_path,
        event(3, 1001.0, image("kept", PNG + b"kept")),
        event(9, 1001.0, image("again", PNG + b"before")),
        event(9, 1001.0, image("gone", PNG + b"gone")),
        RESTART,
        event(4, 1002.0, image("again", PNG + b"after")),
    )
    assert shown(catalog, run) == [("again", 4, b"after"), ("kept", 3, b"kept")]


def test_what_no_browser_shows_and_what_is_too_much_is_named(tmp_path: Path) -> None:
    many = [event(1, 1001.0, image(f"tag-{place:03d}", PNG)) for place in range(MOST_IMAGES + 1)]
    _, run = read(tmp_path, *many, event(1, 1001.0, image("bitmap", b"BM")))
    assert len(run.artifacts) == MOST_IMAGES
    assert run.notes == f"Not shown: images (`bitmap`, `tag-{MOST_IMAGES:03d}`), which TensorBoard shows."


@pytest.mark.parametrize("tag", ["../../out", "", "a/b c/../é", "x" * 300, "C:\\x", "/etc"])
def test_a_tag_leads_nowhere(tag: str, tmp_path: Path) -> None:
    catalog, run = read(tmp_path, event(1, 1001.0, image(tag, PNG + b"x")))
    (item,) = run.artifacts
    assert item.path is not None
    assert item.path.startswith("images/")
    assert ".." not in item.path.split("/")
    assert len(item.path) < 100
    assert shown(catalog, run)[0][2] == b"x"


def test_tags_that_look_alike_are_two_files(tmp_path: Path) -> None:
    _, run = read(tmp_path, *(event(1, 1001.0, image(tag, PNG)) for tag in ("a b", "a-b", "A-b")))
    assert len({(item.path or "").lower() for item in run.artifacts}) == 3


def test_a_site_and_an_import_have_them_as_files(tmp_path: Path) -> None:
    catalog, _ = read(tmp_path, event(7, 1001.0, image("sample", PNG + b"seven"), scalar("loss", 1)))
    api.build(tmp_path / "logs", out=tmp_path / "site")
    (copy,) = (tmp_path / "site" / "artifacts").rglob("*.png")
    assert copy.read_bytes() == PNG + b"seven"
    page = next((tmp_path / "site" / "runs").glob("*.html")).read_text()
    assert f"{copy.parent.name}/{copy.name}" in page
    assert "machine" not in page
    import_runs(catalog, catalog.runs, tmp_path / "kept", Silence())
    again = read_catalog([tmp_path / "kept"])
    (run,) = again.runs
    assert shown(again, run) == [("sample", 7, b"seven")]
    assert run.artifacts[0].inside is None
