"""Runfolio beside its peers, as `tests/bench/peers.py` and `readers.py` measure it: each module makes ready one of them.

race.py          a peer and Runfolio take turns; medians, ratio, goal
environments.py  throw-away environments for the peers, never the project's own
corpus.py        the generated runs that all of them read, and what Runfolio does with these
tensorboard.py, mlflow.py, tbparse.py, asv.py, documents.py (MkDocs and Hugo)
own_files.py     trackers' own readers of their own files, for `readers.py`
programs/        what runs with a peer's Python: the same runs by the peer's own writers, and the peer's own readers

A module's `races(corpus, environments, work)` converts the runs and gives the races; `PeerMissingError` where the peer is missing.
"""

from __future__ import annotations

from beside import asv, documents, mlflow, tbparse, tensorboard

#: Name on the command line → what makes its races.
PEERS = {
    "tensorboard": tensorboard.races,
    "tbparse": tbparse.races,
    "mlflow-sqlite": mlflow.sqlite_races,
    "mlflow-files": mlflow.file_races,
    "asv": asv.races,
    "mkdocs": documents.mkdocs_races,
    "hugo": documents.hugo_races,
}
