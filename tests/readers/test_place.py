"""What of a setting may be shown: no folders of a machine, no addresses."""

from __future__ import annotations

import pytest

from runfolio.readers.place import settings_of, without_place


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/me/my data/digits.csv", "digits.csv"),
        ("/data/me/", "me"),
        ("file:///data/me/x", "x"),
        ("C:\\Users\\me\\x.csv", "x.csv"),
        ("data/digits.csv", "data/digits.csv"),
        ("s3://bucket/digits", "s3://bucket/digits"),
        ("/", "/"),
        ("0.1/0.2", "0.1/0.2"),
        ("ask me@example.org", "ask (address)"),
    ],
)
def test_of_a_path_the_last_part_stays(text: str, shown: str) -> None:
    assert without_place(text) == shown


def test_texts_at_any_depth_are_cleared() -> None:
    nested = {"data": {"root": "/data/me", "files": ["/data/me/a", {"b": "/data/me/b"}, 3]}, "n": 1}
    assert {name: value.value for name, value in settings_of(nested, "x.").items()} == {
        "x.data.root": "me",
        "x.data.files": '["a", {"b": "b"}, 3]',
        "x.n": 1,
    }
