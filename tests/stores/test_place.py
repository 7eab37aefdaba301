"""What is a URL, and how it is named without what must not be seen."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from runfolio.catalog.remote_storage import RemoteStorage, _listings
from runfolio.errors import UsageError
from runfolio.place import StoreUrl, place
from runfolio.stores.failure import without_secrets


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("s3://bucket/runs", "s3://bucket/runs"),
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/a%20b/", "s3://bucket/a b"),
        ("s3://AKIA123:top%2Fsecret@bucket/runs", "s3://bucket/runs"),
        ("s3://bucket/runs?endpoint_override=user:hush@host&scheme=http", "s3://bucket/runs"),
        ("gs://anonymous@bucket/runs?token=hush", "gs://bucket/runs"),
        ("hdfs://me:hush@host:9000/runs", "hdfs://host:9000/runs"),
        (
            "abfs://container:hush@account.dfs.core.windows.net/runs",
            "abfs://container@account.dfs.core.windows.net/runs",
        ),
        (Path("s3://bucket/runs"), "s3://bucket/runs"),
    ],
)
def test_a_url_is_shown_without_credentials_and_options(given: str | Path, shown: str) -> None:
    url = place(given)
    assert isinstance(url, StoreUrl)
    assert (url.as_posix(), str(url)) == (shown, shown)
    assert "hush" not in repr(url) + url.key and "top" not in repr(url) + url.key


def test_what_is_no_url_is_a_path() -> None:
    folder = Path("project")
    assert place("runs", folder) == folder / "runs"
    assert place("s3/runs") == Path("s3/runs")
    assert place("s3://bucket/runs", folder) == StoreUrl("s3://bucket/runs")


def test_other_urls_are_refused() -> None:
    with pytest.raises(UsageError, match="http://") as caught:
        place("http://user:hush@host/runs")
    assert "hush" not in str(caught.value)


def test_a_url_that_nobody_can_read_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be understood") as caught:
        place("s3://key:hush@[bucket/runs")
    assert "hush" not in str(caught.value)


def test_places_below_keep_the_options() -> None:
    url = StoreUrl("s3://k:s@bucket/site?scheme=http")
    assert (url / "a b.html").secret == "s3://k:s@bucket/site/a%20b.html?scheme=http"
    assert (url / "x").parent.secret == url.secret
    assert (url / "index.html").suffix == ".html"
    assert StoreUrl("s3://bucket").name == "bucket"


def test_the_cache_tells_endpoints_apart_but_not_credentials() -> None:
    one, two, three = (
        StoreUrl(f"s3://{user}bucket/runs?endpoint_override={host}").key
        for user, host in (("", "a"), ("k:s@", "a"), ("", "b"))
    )
    assert one == two != three


def test_a_storage_goes_to_another_process_without_its_listing() -> None:
    storage = RemoteStorage(
        StoreUrl("s3://bucket/runs"), _listings([(f"r{i}/run.json", 2, 1, False) for i in range(999)], 10**10)
    )
    again = pickle.loads(pickle.dumps(storage))
    assert len(pickle.dumps(storage)) < 500
    assert (again.url, again.label) == (storage.url, "runs")


def test_keys_that_are_no_paths_are_counted_and_left_out() -> None:
    rows = [
        ("a//b", 1, 1, False),
        ("x/../c", 1, 1, False),
        ("a/./d", 1, 1, False),
        ("a/b/c.json", 1, 1, False),
        ("e", 0, 0, True),
    ]
    found = _listings(rows, 10**10)
    assert found[""].unnameable == 3
    assert found[""].folders == ("a", "e")
    assert [entry.path for entry in found["a/b"].files] == ["c.json"]
    assert found["e"].files == ()


def test_reasons_lose_what_urls_and_environment_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_KEY", "very/secret==")
    text = "cannot open abfs://me:pass%2Fword@host/x?sas=sig123 with very/secret== for pass/word"
    url = "abfs://me:pass%2Fword@host/x?sas=sig123"
    found = without_secrets(text, [url])
    assert not any(secret in found for secret in ("pass", "sig123", "very", "word"))
