"""What a run was: the facts beside its curves, in the order in which a reader asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.analysis.rounding import bytes_text, duration_text
from runfolio.model import Environment, Hardware, Run
from runfolio.pages.ending import last_step, status_word
from runfolio.pages.study import Study
from runfolio.pages.words import listing, when


@dataclass(frozen=True, slots=True)
class Pair:
    """A named fact."""

    label: str
    value: str
    is_code: bool = False
    title: str = ""
    href: str = ""


def about(study: Study, run: Run) -> tuple[Pair, ...]:
    """The facts of a run; what it did not record is left out."""
    environment = run.environment
    return (
        *_course(study, run),
        *_code(run),
        *_if_any("Command", " ".join(environment.command), is_code=True),
        *_data(run),
        *_if_any("Hardware", hardware_text(environment.hardware)),
        *_if_any("Software", _software(environment)),
        *_if_any("Host", environment.host),
        *_if_any("User", environment.user),
        *_if_any("Folder", environment.working_directory),
        *_parent(study, run),
        *_if_any("Group", run.group),
        *_if_any("Tags", listing(run.tags, len(run.tags))),
        Pair("Run id", run.run_id, True),
    )


def _if_any(label: str, text: str | None, *, is_code: bool = False) -> list[Pair]:
    return [Pair(label, text, is_code)] if text else []


def _course(study: Study, run: Run) -> list[Pair]:
    """How the run went: its end, its start, its time."""
    step = last_step(run)
    status = status_word(run, study.outcomes[run.run_id]) + (f", last step {step}" if step else "")
    seconds = run.duration_s
    return [
        Pair("Status", status),
        *_if_any("Started", when(run.started_at)),
        *_if_any("Took", None if seconds is None else duration_text(seconds)),
    ]


def _code(run: Run) -> list[Pair]:
    if run.git is None or not run.git.commit:
        return []
    state = ", with uncommitted changes" if run.git.dirty else ""
    branch = f" on {run.git.branch}" if run.git.branch else ""
    return [Pair("Code", f"{run.git.commit[:10]}{branch}{state}", title=run.git.commit)]


def _data(run: Run) -> list[Pair]:
    return [
        Pair("Data", item.name + (f" ({item.sha256[:10]})" if item.sha256 else ""), title=item.uri or "")
        for item in run.data
    ]


def hardware_text(hardware: Hardware) -> str:
    """`AMD EPYC, 2 cores, 23.5 GiB`; empty where nothing is known."""
    cores = f"{hardware.cores} cores" if hardware.cores else ""
    memory = bytes_text(hardware.memory_bytes) if hardware.memory_bytes else ""
    return ", ".join(text for text in (hardware.cpu, cores, memory, *hardware.gpus) if text)


def _software(environment: Environment) -> str:
    python = f"Python {environment.python}" if environment.python else ""
    return ", ".join(text for text in (python, environment.platform) if text)


def _parent(study: Study, run: Run) -> list[Pair]:
    if not run.parent_id:
        return []
    return [
        Pair(
            "Parent", run.parent_id, href=study.address(run.parent_id) if run.parent_id in study.by_id else ""
        )
    ]
