"""Which account, key and address a URL of Azure's or Google's store and the environment come to; nothing is asked of a server."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

PROGRAM = """
import json, os, sys
from runfolio.stores.opened import Places
try:
    found = Places().open(sys.argv[1])
except ValueError as error:
    print(json.dumps(["refused", str(error)]), flush=True)
    os._exit(0)
_, state = found.files.__reduce__()
print(json.dumps([found.base, str(state)]), flush=True)
os._exit(0)
"""
STRING = (
    "DefaultEndpointsProtocol=http;AccountName=acme;AccountKey=a2V5/x==;BlobEndpoint=http://127.0.0.1:9/acme;"
)
PORTAL = "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=a2V5;BlobEndpoint=https://acme.blob.core.windows.net/"


def opened(url: str, **environment: str) -> tuple[str, str]:
    """Path and state of the file system, asked by another process: this one must not hold a client."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, url], capture_output=True, text=True, check=True, env=environment
    )
    found: list[Any] = json.loads(done.stdout)
    return str(found[0]), str(found[1])


@pytest.mark.parametrize(
    ("url", "environment", "base", "words"),
    [
        ("abfs://runs@acme.dfs.core.windows.net/a%20b", {}, "runs/a b", ("'acme'", "'.blob.core.windows.net'")),
        ("abfss://runs@acme.dfs.core.chinacloudapi.cn", {}, "runs", ("'.blob.core.chinacloudapi.cn'", "'.dfs.core.chinacloudapi.cn'")),
        ("abfs://runs@acme.dfs.core.windows.net/x", {"AZURE_STORAGE_KEY": "a2V5"}, "runs/x", ("'a2V5'",)),
        ("abfs://runs@acme.dfs.core.windows.net/x", {"AZURE_STORAGE_SAS_TOKEN": "sv=1&sig=2"}, "runs/x", ("'?sv=1&sig=2'",)),
        ("abfs://runs:a2V5@acme.dfs.core.windows.net/x", {}, "runs/x", ("'a2V5'",)),
        ("abfs://runs/x", {"AZURE_STORAGE_CONNECTION_STRING": STRING}, "runs/x", ("'acme'", "'a2V5/x=='", "'127.0.0.1:9'", "'http'")),
        ("abfs://runs/x", {"AZURE_STORAGE_CONNECTION_STRING": PORTAL}, "runs/x", ("'.blob.core.windows.net'", "'.dfs.core.windows.net'")),
        ("abfs://runs/x", {"AZURE_STORAGE_ACCOUNT": "acme"}, "runs/x", ("'acme'",)),
        ("gs://runs/x", {"STORAGE_EMULATOR_HOST": "127.0.0.1:9"}, "runs/x", ("True", "'127.0.0.1:9'", "'http'")),
        ("gs://anonymous@runs/x?endpoint_override=h:1&scheme=http", {}, "runs/x", ("True", "'h:1'")),
    ],
)  # fmt: skip
def test_where_a_url_leads(url: str, environment: dict[str, str], base: str, words: tuple[str, ...]) -> None:
    path, state = opened(url, **environment)
    assert path == base
    for word in words:
        assert word in state


def test_the_key_of_another_account_is_not_used() -> None:
    _, state = opened("abfs://runs@other.dfs.core.windows.net", AZURE_STORAGE_CONNECTION_STRING=STRING)
    assert "a2V5" not in state and "127.0.0.1" not in state


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("abfs://runs/x", "abfs://container@account.dfs.core.windows.net/path"),
        ("abfs://runs@acme.dfs.core.windows.net?tenant=1", "known are blob_storage_authority, dfs_storage_authority, enable_tls"),
        ("gs://runs?project=1", "known are endpoint_override, scheme"),
        ("hdfs://127.0.0.1:9/runs", "Hadoop's own client is not to be found"),
    ],
)  # fmt: skip
def test_what_nobody_understands_is_refused(url: str, words: str) -> None:
    base, reason = opened(url)
    assert base == "refused" and words in reason
