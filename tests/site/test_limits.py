"""Sizes are warned of before a host refuses them."""

from __future__ import annotations

from runfolio.site.limits import FILE_BYTES, SITE_BYTES, near_limits
from runfolio.site.manifest import ANNOUNCED, Entry


def entry(size: float) -> Entry:
    return Entry("k", "s", int(size))


def test_a_usual_site_is_no_problem() -> None:
    assert near_limits({"index.html": entry(10_000), "a": entry(FILE_BYTES), "b": ANNOUNCED}) == []


def test_a_site_near_its_limit_is_warned_of() -> None:
    (near,) = near_limits({str(i): entry(SITE_BYTES * 0.085) for i in range(10)} | {"x": entry(1)})[:1]
    assert near.slug == "site-size"
    assert "850 MB, 85% of the 1,000 MB" in near.message


def test_a_site_beyond_it_and_large_files_are_named() -> None:
    found = near_limits({"data/x.js": entry(SITE_BYTES + 5e6)})
    assert [(item.slug, item.path) for item in found] == [("site-size", ""), ("file-size", "data/x.js")]
    assert "1,005 MB, more than the 1,000 MB" in found[0].message
