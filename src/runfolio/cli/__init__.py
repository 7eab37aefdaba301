"""The `runfolio` command: one module a command, loaded when it is used, so that `--help` starts at once."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click
from click.shell_completion import CompletionItem

import runfolio

EXIT_FAULT = 70
EXIT_INTERRUPTED = 130

#: Every command: name, then the first sentence of its help, so that listing them loads none of them.
COMMANDS = {
    "init": "Write a runfolio.toml to start from.",
    "new": "Write a finding to start from.",
    "demo": "Write an example's runs and its site to a folder.",
    "build": "Build the site.",
    "serve": "Build the site, show it, and follow every change.",
    "check": "Say what is wrong with the runs and the configuration.",
    "list": "List runs.",
    "show": "Show one run.",
    "diff": "Show what differs between two runs.",
    "compare": "Compare every configuration with the baseline.",
    "import": "Write other trackers' runs as run folders.",
    "seal": "Turn finished runs' JSONL into Parquet.",
    "export": "Write runs, or every logged value, for other tools.",
    "sync": "Copy finished runs to a folder or an object store.",
    "completion": "Print the script that completes commands in a shell.",
}

#: Commands whose name no module can have.
_MODULES = {"import": "import_"}


class _Commands(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"runfolio.cli.{_MODULES.get(cmd_name, cmd_name)}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name not in COMMANDS and not name.startswith("-"):
            from runfolio.errors import nearest

            ctx.fail(f"there is no command `{name}`{nearest(name, COMMANDS)}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        found = [
            CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`runfolio COMMAND --help` tells more, with examples.",
)
@click.version_option(runfolio.__version__, prog_name="runfolio", message="%(prog)s %(version)s")
@click.option("--traceback", is_flag=True, hidden=True, help="Show where a fault in Runfolio happened.")
def cli(traceback: bool) -> None:
    """Turn a folder of run logs into a static site that compares them."""
    _details.clear()
    if traceback or os.environ.get("RUNFOLIO_TRACEBACK"):
        _details.append("traceback")
        _log_to_stderr()


#: What the running command line shows beyond its messages; the environment is left as it is, for who calls `run`.
_details: list[str] = []


def _log_to_stderr() -> None:
    import logging

    class _WhileAsked(logging.StreamHandler[TextIO]):
        def emit(self, record: logging.LogRecord) -> None:
            if _details:
                super().emit(record)

    log = logging.getLogger("runfolio")
    log.handlers = [_WhileAsked(sys.stderr)]
    log.setLevel(logging.DEBUG)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line and end the process with its exit code; no traceback reaches the user."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe on Windows, or an odd locale, must not turn a sign it does not know into a fault of ours.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    code = run(sys.argv[1:] if arguments is None else list(arguments))
    # The work is done and told: Ctrl-C while Python tidies up would only deny it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of a command line: 0 fine, 1 problems, 2 usage, 3 nothing found, 70 a fault, 130 interrupted."""
    from runfolio.errors import RunfolioError

    color = False if os.environ.get("NO_COLOR") else None
    try:
        result: Any = cli.main(arguments, prog_name="runfolio", standalone_mode=False, color=color)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("\nInterrupted. What was finished stays; the next build goes on from there.", err=True)
        return EXIT_INTERRUPTED
    except RunfolioError as error:
        from runfolio.cli.console import printable_lines

        text = click.style("Error: ", fg="red", bold=True) + printable_lines(str(error))
        click.echo(text, err=True, color=color)
        return error.exit_code
    except BrokenPipeError:
        # Who reads our output has seen enough (`runfolio list | head`); nothing may be written any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        _tell_fault(error)
        return EXIT_FAULT


def _tell_fault(error: Exception) -> None:
    import traceback

    if _details:
        traceback.print_exception(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = f"{type(error).__name__}: {error}".rstrip(": ")
    click.echo(
        f"This is a fault in Runfolio {runfolio.__version__}, not in your runs:\n  {message}{place}\n"
        "  Please report it; the environment variable RUNFOLIO_TRACEBACK=1 shows the details to send along.",
        err=True,
    )
