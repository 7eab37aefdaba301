"""`runfolio completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from runfolio.cli import cli, options


@options.command(
    "completion",
    examples_text="""
runfolio completion bash >> ~/.bashrc
runfolio completion zsh >> ~/.zshrc
runfolio completion fish > ~/.config/fish/completions/runfolio.fish
""",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands in a shell."""
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(cli, {}, "runfolio", "_RUNFOLIO_COMPLETE").source())
