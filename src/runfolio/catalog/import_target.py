"""Where imported run folders go: each is complete before it is in its place, in a folder as in an object store."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from runfolio.catalog.remote_storage import store_failure
from runfolio.errors import UsageError
from runfolio.place import Place, StoreUrl
from runfolio.runlog import RUN_FILE
from runfolio.stores import store


class ImportTarget(Protocol):
    """A place for run folders, which are named by `<experiment>/<run>`."""

    def place(self, name: str) -> Place:
        """Where the folder is, or would be."""
        ...

    def has(self, name: str) -> bool:
        """True when there is something."""
        ...

    def draft(self, name: str) -> AbstractContextManager[Path]:
        """An empty folder, put in its place at the end of the block, unless an exception leaves it."""
        ...


def import_target(target: Place) -> ImportTarget:
    """The target; StoreError when it is a store that does not answer."""
    return _Bucket(target) if isinstance(target, StoreUrl) else _Folder(target)


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def place(self, name: str) -> Path:
        return self._root / name

    def has(self, name: str) -> bool:
        return self.place(name).exists()

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        folder = self.place(name)
        draft = folder.with_name(f".{folder.name}.import")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            yield draft
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


class _Bucket:
    """Listed once. A run is there when its `run.json` is, which is put last."""

    def __init__(self, url: StoreUrl) -> None:
        self._url = url
        try:
            kind, rows = store.call("list_all", url.secret)
        except FileNotFoundError:
            kind, rows = "folder", []
        except OSError as error:
            raise store_failure(url, error, "listed") from None
        if kind == "file":
            raise UsageError(
                "the target is a file", slug="import-target", path=url.as_posix(), hint="name a folder"
            )
        self._runs = {path.removesuffix(f"/{RUN_FILE}") for path, *_ in rows if path.endswith(f"/{RUN_FILE}")}

    def place(self, name: str) -> StoreUrl:
        return self._url / name

    def has(self, name: str) -> bool:
        return name in self._runs

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as given:
            draft = Path(given, "run")
            draft.mkdir()
            yield draft
            files = [path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file()]
            others = [self._put(draft, name, path) for path in sorted(files) if path != RUN_FILE]
            for number in others:
                store.answer(number)
            store.answer(self._put(draft, name, RUN_FILE))

    def _put(self, draft: Path, name: str, path: str) -> int:
        return store.ask("copy", draft.as_posix(), path, self.place(name).secret, "")
