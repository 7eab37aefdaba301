"""Evaluations by lm-evaluation-harness of its own `dummy` model on tasks of the story's: two seeds, a group, a limit, one that is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

CHOICE = """\
task: tiny_{name}
dataset_path: json
dataset_kwargs: {{data_files: {{test: {folder}/{name}.jsonl}}}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{{{question}}}}"
doc_to_choice: "{{{{choices}}}}"
doc_to_target: "{{{{answer}}}}"
metric_list:
  - {{metric: acc, aggregation: mean, higher_is_better: true}}
  - {{metric: acc_norm, aggregation: mean, higher_is_better: true}}
metadata: {{version: {version}}}
"""
WRITTEN = """\
task: tiny_written
dataset_path: json
dataset_kwargs: {{data_files: {{test: {folder}/written.jsonl}}}}
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs: {{until: ["."]}}
filter_list:
  - name: strict
    filter: [{{function: regex, regex_pattern: "(\\\\d+)"}}, {{function: take_first}}]
  - name: loose
    filter: [{{function: take_first}}]
metric_list:
  - {{metric: exact_match, aggregation: mean, higher_is_better: true}}
metadata: {{version: 2.0}}
"""
GROUP = """\
group: tiny
task: [tiny_sums, tiny_words]
aggregate_metric_list:
  - {metric: acc, aggregation: mean, weight_by_size: true}
metadata: {version: 1.0}
"""
#: Kills itself in the midst of the second evaluation, as an operator would.
KILLED = "import os; from lm_eval.models.dummy import DummyLM; DummyLM.generate_until = lambda *more, **most: os._exit(9); from lm_eval.__main__ import cli_evaluate; cli_evaluate()"


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        tasks = Path(place, "tasks")
        tasks.mkdir()
        rows = [{"question": f"{n} + 1 =", "choices": ["0", str(n + 1)], "answer": 1} for n in range(6)]
        written = [{"question": f"{n} =", "answer": "lol"} for n in range(4)]
        for name, lines in {"sums": rows, "words": rows[:3], "written": written}.items():
            (tasks / f"{name}.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        for version, name in enumerate(("sums", "words"), 1):
            (tasks / f"{name}.yaml").write_text(CHOICE.format(name=name, folder=tasks, version=version))
        (tasks / "written.yaml").write_text(WRITTEN.format(folder=tasks))
        (tasks / "group.yaml").write_text(GROUP)
        quiet = {"HOME": place, "HF_HOME": place, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
        stories = (
            (["--tasks", "tiny,tiny_written", "--seed", "0"], 0),
            (["--tasks", "tiny,tiny_written", "--seed", "1"], 0),
            (["--tasks", "tiny_sums", "--limit", "2", "--seed", "0"], 0),
            (["--tasks", "tiny_written", "--seed", "0"], 9),
        )
        for words, code in stories:
            command = [sys.executable, "-c", KILLED] if code else [sys.executable, "-m", "lm_eval"]
            said = ["--model", "dummy", "--model_args", "pretrained=tiny/dummy,temperature=0.5", *words]
            said += ["--include_path", str(tasks), "--output_path", str(folder / "evaluations")]
            done = subprocess.run([*command, *said], cwd=place, env=os.environ | quiet)
            assert done.returncode == code, done.returncode
        # Files are called after the time, and say where the machine kept the tasks and which machine it was.
        for number, path in enumerate(sorted(folder.rglob("*.json"))):
            value = json.loads(path.read_text().replace(place, "/data"))
            value |= {"pretty_env_info": "a machine"} if "pretty_env_info" in value else {}
            path.write_text(json.dumps(value, indent=1))
            path.rename(path.with_name(f"results_2026-01-01T00-00-0{number}.000000.json"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
