"""Settings that Hydra leaves beside a run's files, in `.hydra`."""

from __future__ import annotations

from runfolio.errors import ReadError
from runfolio.model import ParameterValue, Problem, Severity
from runfolio.readers.flatten import parameter_of
from runfolio.readers.formats import HYDRA_FILES
from runfolio.readers.place import settings_of, without_place
from runfolio.readers.reader import RunFiles, as_problem
from runfolio.readers.yaml_file import read_yaml


def hydra_parameters(
    files: RunFiles, run_id: str, problems: list[Problem], *, above: str = ""
) -> dict[str, ParameterValue]:
    """The composed settings, or where they are missing what was overridden; nothing without `.hydra`.

    Args:
        files: of the claim.
        run_id: for Problems.
        problems: to add to.
        above: where `.hydra` lies as seen from the claim's folder, such as `../../`.
    """
    for name in HYDRA_FILES:
        if above + name not in files.entries:
            continue
        try:
            value = read_yaml(files, above + name)
        except ReadError as error:
            problems.append(as_problem(error, Severity.WARNING, run_id))
            continue
        if isinstance(value, dict):
            return settings_of(value)
        if isinstance(value, list):
            pairs = (item.partition("=") for item in value if isinstance(item, str) and "=" in item)
            return {key.lstrip("+~"): parameter_of(without_place(text)) for key, _, text in pairs}
    return {}
