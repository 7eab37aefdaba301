"""Installed packages are read from their own records, as the standard library would find them."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

from runfolio.emit.packages import installed_packages


def record(folder: Path, name: str, text: str, file: str = "METADATA") -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / file).write_text(text, encoding="utf-8")


def test_they_are_those_of_the_standard_library() -> None:
    expected: dict[str, str] = {}
    for distribution in distributions():
        name = distribution.metadata["Name"].lower().replace("_", "-")
        expected.setdefault(name, distribution.version)
    assert expected
    assert installed_packages() == dict(sorted(expected.items()))


def test_of_several_the_first_folder_counts(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    record(first, "some_thing-2.0.dist-info", "Metadata-Version: 2.1\nName: Some_Thing\nVersion: 2.0\n")
    record(second, "some_thing-1.0.dist-info", "Name: some-thing\nVersion: 1.0\n")
    record(second, "old.egg-info", "Name: old\nVersion: 3\n", "PKG-INFO")
    (second / "older-4.egg-info").write_text("Name: older\nVersion: 4\n")
    found = installed_packages([str(tmp_path / "absent"), str(first), str(second)])
    assert found == {"old": "3", "older": "4", "some-thing": "2.0"}
    assert list(found) == sorted(found)


def test_broken_records_are_passed_over(tmp_path: Path) -> None:
    record(tmp_path, "a.dist-info", "Name: a\n\nVersion: 1, but only in the description\n")
    record(tmp_path, "b.dist-info", "Version: 1\n")
    (tmp_path / "c.dist-info").mkdir()
    (tmp_path / "d.dist-info").mkdir()
    (tmp_path / "d.dist-info" / "METADATA").write_bytes(b"Name: d\xff\nVersion: 1\n")
    (tmp_path / "e.zip").write_bytes(b"PK")
    assert installed_packages([str(tmp_path), str(tmp_path / "e.zip")]) == {"d\N{REPLACEMENT CHARACTER}": "1"}
