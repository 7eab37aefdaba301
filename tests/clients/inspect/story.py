"""Evaluations with Inspect and its mock model: two seeds, one with several epochs, one that fails, one JSON log, one killed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import inspect_ai
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput, get_model
from inspect_ai.scorer import match
from inspect_ai.solver import Generate, TaskState, generate, solver


@solver
def ending(how: str):
    async def solve(state: TaskState, _: Generate) -> TaskState:
        if how == "error" and state.sample_id == 2:
            raise ValueError("no good")
        if how == "kill" and state.sample_id == 2:
            os._exit(1)
        return state

    return solve


@task
def sums(level: int = 1, how: str = "well") -> Task:
    samples = [Sample(id=k, input=f"{k}+{k}?", target=str(2 * k)) for k in (1, 2, 3)]
    return Task(
        dataset=MemoryDataset(samples, name="sums"),
        solver=[generate(), ending(how)],
        scorer=match(),
        version=2,
        metadata={"team": "blue"},
    )


class Words:
    """Stands in for a tokenizer that would have to be fetched."""

    def encode(self, text: str, **_: object) -> list[str]:
        return text.split()


def tell(folder: Path, how: str = "well", **options: object) -> None:
    import tiktoken

    tiktoken.get_encoding = tiktoken.encoding_for_model = lambda *_: Words()
    answers = [ModelOutput.from_content("mockllm/model", text) for text in ("2", "4", "5") * 4]
    inspect_ai.eval(
        sums(level=2, how=how),
        model=get_model("mockllm/model", custom_outputs=answers, memoize=False),
        log_dir=str(folder),
        display="none",
        max_samples=1,
        max_connections=1,
        tags=["base"],
        **options,
    )


def main(folder: Path) -> None:
    os.chdir(Path(__file__).parent)
    tell(folder / "a", seed=1)
    tell(folder / "b", seed=2, epochs=2)
    tell(folder / "c", "error", seed=3)
    tell(folder / "d", seed=4, log_format="json")
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import story; from pathlib import Path; "
    code += f"story.tell(Path({str(folder / 'e')!r}), 'kill', seed=5)"
    subprocess.run([sys.executable, "-c", code], check=False)
    for place in "abcde":  # the names that Inspect gives hold the time and are new each time
        (log,) = (folder / place).iterdir()
        if place == "c":
            scrub(log)
        log.rename(folder / f"2026-01-01T00-00-00+00-00_sums_{place}{log.suffix}")
        (folder / place).rmdir()


def scrub(log: Path) -> None:
    """Tracebacks name the folders of a machine, which do not belong into files that are published."""
    with zipfile.ZipFile(log) as source:
        members = {name: source.read(name) for name in source.namelist() if not name.startswith("samples/")}
    with zipfile.ZipFile(log, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in members.items():
            for place in (str(Path(__file__).parent), sys.prefix, sys.base_prefix):
                body = body.replace(place.encode(), b"project")
            target.writestr(name, body)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
