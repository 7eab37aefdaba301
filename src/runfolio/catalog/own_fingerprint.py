"""The fingerprint of a run that shares its file with others: of what the file says of this run, not of the file.

A database changes with every run that is logged into it. The pages of its other runs must not be made anew for that.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import msgspec

from runfolio.readers import Reading


def own_fingerprint(reading: Reading) -> str:
    """Digest of the run, its rows and its problems, without the digests of the files they were read from."""
    run = reading.run
    said = replace(run, fingerprint="", source=replace(run.source, root=0, files=()))
    whole = hashlib.sha256(msgspec.msgpack.encode((said, reading.problems)))
    for block in reading.rows:
        whole.update(repr((block.names, block.values.shape, block.priority)).encode("utf-8", "surrogatepass"))
        for numbers in (block.step, block.time, block.values):
            whole.update(numbers.tobytes())
    return whole.hexdigest()
