"""Themes: folders that lend each other their files. What a theme has not, the one it extends has."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import entry_points
from pathlib import Path

from runfolio.errors import ThemeError, nearest
from runfolio.render.tokens import Tokens, TokenTables, check_tables, resolve_tokens

#: Version of the contract between themes and Runfolio: templates' names, their contexts, tokens.
API = 1
DEFAULT = "folio"
ROOT = "base"
_KEYS = ("extends", "api", "scripts", "later", "styles", "dark")


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme with all it inherits."""

    name: str
    folders: tuple[Path, ...]
    """Where a file is looked for, in this order: the project's `theme/`, the chosen theme, what it extends, `base`."""
    scripts: tuple[str, ...]
    """Files below `assets/`, in the order in which they are joined: those of `base` first."""
    styles: tuple[str, ...]
    tokens: Tokens
    later: Mapping[str, tuple[str, ...]]
    """Bundles of scripts that a page loads when a reader reaches for them, by name."""

    def find(self, path: str) -> Path | None:
        """The file of this name (posix, relative to a theme's folder) in the first folder that has it."""
        return next((folder / path for folder in self.folders if (folder / path).is_file()), None)

    def read(self, path: str) -> bytes:
        """The file's bytes; a ThemeError where no folder has it."""
        found = self.find(path)
        if found is None:
            asks = next((folder for folder in self.folders if _lists(folder, path)), self.folders[0])
            raise ThemeError(
                f"there is no `{path}`, neither in this folder nor in a theme that it extends",
                slug="theme-file",
                path=f"{asks.name}/theme.toml",
                hint="add the file, or take it out of theme.toml",
            )
        return found.read_bytes()


@dataclass(frozen=True, slots=True)
class _Folder:
    """One theme's own folder, read."""

    path: Path
    extends: str | None
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    later: Mapping[str, tuple[str, ...]]
    tokens: TokenTables
    dark: bool | None


def bundled_themes() -> tuple[str, ...]:
    """Names of the themes that come with Runfolio."""
    return tuple(sorted(folder.name for folder in _bundled().iterdir() if (folder / "theme.toml").is_file()))


def find_theme(name: str = DEFAULT, project: Path | None = None) -> Theme:
    """The theme of this name, or in this folder (relative to the project), below the project's own `theme/` folder.

    Raises a ThemeError for a name that nobody knows, a theme.toml or tokens.toml that cannot be read, a newer `api`,
    and themes that extend each other in a ring.
    """
    own = (
        [_read(project / "theme", is_project=True)]
        if project is not None and (project / "theme").is_dir()
        else []
    )
    chain = [*own, *_chain(name, project)]
    basic_first = chain[::-1]
    dark = next((folder.dark for folder in chain if folder.dark is not None), True)
    return Theme(
        name=name,
        folders=tuple(folder.path for folder in chain),
        scripts=tuple(dict.fromkeys(item for folder in basic_first for item in folder.scripts)),
        styles=tuple(dict.fromkeys(item for folder in basic_first for item in folder.styles)),
        later=_bundles(basic_first),
        tokens=_tokens(basic_first, has_dark=dark),
    )


def _tokens(basic_first: Sequence[_Folder], *, has_dark: bool) -> Tokens:
    """The tokens of a chain of themes; a ThemeError names the file with which they stopped to fit together."""
    try:
        return resolve_tokens([folder.tokens for folder in basic_first], has_dark=has_dark)
    except ThemeError as error:
        for count, folder in enumerate(basic_first, start=1):
            try:
                resolve_tokens([item.tokens for item in basic_first[:count]], has_dark=has_dark)
            except ThemeError:
                error.path = f"{folder.path.name}/tokens.toml"
                break
        raise


def _lists(folder: Path, path: str) -> bool:
    """True where the folder's theme.toml names the file."""
    settings = _toml(folder / "theme.toml")
    lists = [
        settings.get("scripts"),
        settings.get("styles"),
        *(files for _, files in _items(settings.get("later"))),
    ]
    return any(f"assets/{name}" == path for names in lists for name in _names(names))


def _bundled() -> Path:
    """The folder of the package `runfolio.themes`, in the source tree and in an installed wheel alike."""
    return Path(str(resources.files("runfolio.themes")))


def _chain(name: str, project: Path | None) -> Iterator[_Folder]:
    """The chosen theme and what it extends, each once, `base` last."""
    seen: list[str] = []
    wanted: str | None = name
    while wanted is not None:
        if wanted in seen:
            raise ThemeError(
                f"themes extend each other in a ring: {' → '.join((*seen, wanted))}",
                slug="theme-ring",
                hint="take `extends` out of one of their theme.toml files",
            )
        seen.append(wanted)
        folder = _read(_folder(wanted, project))
        yield folder
        wanted = folder.extends or (None if wanted == ROOT else ROOT)


def _folder(name: str, project: Path | None) -> Path:
    """The folder of a theme: bundled, of an installed plugin, or a path."""
    bundled = bundled_themes()
    if name in bundled:
        return _bundled() / name
    for entry in entry_points(group="runfolio.themes", name=name):
        return Path(str(resources.files(entry.value)))
    folder = (project or Path()) / name
    if (folder / "theme.toml").is_file() or (folder / "tokens.toml").is_file():
        return folder
    raise ThemeError(
        f"there is no theme `{name}`{nearest(name, bundled)}",
        slug="theme-unknown",
        hint=f"bundled themes: {', '.join(bundled)}; or give a folder that has a theme.toml or a tokens.toml",
    )


def _read(path: Path, *, is_project: bool = False) -> _Folder:
    """One folder; both of its files may be absent. A project's `theme/` extends what the configuration chooses."""
    settings = _toml(path / "theme.toml")
    faults = _faults(settings, is_project=is_project)
    if faults:
        raise ThemeError(
            "; ".join(faults),
            slug="theme-settings",
            path=f"{path.name}/theme.toml",
            hint="docs/writing-themes.md describes theme.toml",
        )
    tokens = check_tables(_toml(path / "tokens.toml"), f"{path.name}/tokens.toml")
    return _Folder(
        path,
        _text(settings.get("extends")),
        _names(settings.get("scripts")),
        _names(settings.get("styles")),
        {name: _names(files) for name, files in _items(settings.get("later"))},
        tokens,
        _flag(settings.get("dark")),
    )


def _faults(settings: Mapping[str, object], *, is_project: bool) -> list[str]:
    """What is wrong with a theme.toml, all of it."""
    faults = [f"unknown key `{key}`{nearest(key, _KEYS)}" for key in settings if key not in _KEYS]
    faults += [
        f"`{key}` is not a list of file names"
        for key in ("scripts", "styles")
        if not _is_names(settings.get(key, []))
    ]
    faults += [
        f"`later.{name}` is not a list of file names"
        for name, files in _items(settings.get("later"))
        if not _is_names(files)
    ]
    faults += ["`later` is not a table of lists"] * (not isinstance(settings.get("later", {}), Mapping))
    faults += ["`extends` is not the name of a theme"] * (not isinstance(settings.get("extends", ""), str))
    faults += ["`dark` is neither true nor false"] * (not isinstance(settings.get("dark", True), bool))
    if is_project and "extends" in settings:
        faults.append(
            "a project's own theme folder extends the theme that runfolio.toml chooses; it has no `extends`"
        )
    if settings.get("api", API) != API:
        faults.append(f"`api = {settings['api']}` is not the version this Runfolio speaks, {API}")
    return faults


def _toml(path: Path) -> Mapping[str, object]:
    """The file's content; empty where there is none."""
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeError(
            f"not valid TOML: {error}",
            slug="theme-toml",
            path=f"{path.parent.name}/{path.name}",
            hint="mend the line it names",
        ) from error


def _bundles(basic_first: Sequence[_Folder]) -> dict[str, tuple[str, ...]]:
    """The bundles of a chain of themes: a later theme adds to a bundle of the same name."""
    bundles: dict[str, tuple[str, ...]] = {}
    for folder in basic_first:
        for name, files in folder.later.items():
            bundles[name] = tuple(dict.fromkeys((*bundles.get(name, ()), *files)))
    return bundles


def _items(value: object) -> list[tuple[str, object]]:
    return list(value.items()) if isinstance(value, Mapping) else []


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, str) and item and not item.startswith("/") and ".." not in item.split("/")
        for item in value
    )


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
