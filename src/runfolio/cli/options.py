"""Arguments and options that several commands take, each worded once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from runfolio.place import Place, StoreUrl, place, site_place


class PlaceType(click.Path):
    """A path of this machine, or the URL of an object store."""

    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The Path or StoreUrl."""
        found: Place = place(value)
        if isinstance(found, StoreUrl):
            return found
        return super().convert(value, param, ctx)


class SiteType(click.Path):
    """A path of this machine, the URL of an object store, or the address of a published site."""

    name = "site"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The Path, StoreUrl or WebUrl."""
        found = site_place(value)
        return super().convert(value, param, ctx) if isinstance(found, Path) else found


#: Folders and files with runs.
sources = click.argument("sources", nargs=-1, type=PlaceType(path_type=Path), metavar="[SOURCE]...")
config = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Configuration; by default runfolio.toml or [tool.runfolio] of pyproject.toml in this folder.",
)
where = click.option(
    "--where", metavar="EXPRESSION", help="""Only these runs, such as 'lr < 0.01 and model == "mlp"'."""
)
as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON to standard output.")
readers = click.option(
    "--reader",
    "readers",
    multiple=True,
    metavar="NAME",
    help="Read with this reader alone, such as mlflow-files; may be given several times.",
)
against = click.option(
    "--against",
    type=SiteType(path_type=Path),
    metavar="SITE",
    help="An earlier site (folder, zip, address or its data/build.json): what changed since is said.",
)
#: As `sources`, for commands whose own arguments are positional.
from_sources = click.option(
    "--from",
    "sources",
    multiple=True,
    type=PlaceType(path_type=Path),
    metavar="SOURCE",
    help="Folder or file with runs; may be given several times. By default what the configuration says, else runs.",
)


def examples(text: str) -> str:
    """The text as a help page's last paragraph, its lines kept as they are."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in text.strip().splitlines())


def command(name: str, *, examples_text: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A click command whose help ends with examples."""
    return click.command(name, epilog=examples(examples_text))
