"""Four runs of Hugging Face's Trainer with checkpoints and event files: two seeds, one that diverges, one that is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

KEPT = ("trainer_state.json", "_results.json", "tfevents")
SETTINGS = {
    "seed-0": {"seed": 0, "learning_rate": 0.1},
    "seed-1": {"seed": 1, "learning_rate": 0.1},
    "diverged": {"seed": 0, "learning_rate": 1e30},
    "killed": {"seed": 2, "learning_rate": 0.1},
}


def train(name: str) -> None:
    """One run, into `digits/<name>` of the current folder."""
    import torch
    import transformers

    class Line(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def forward(self, x: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
            found = self.layer(x)
            return {"loss": ((found - labels) ** 2).mean(), "logits": found}

    class Kill(transformers.TrainerCallback):
        def on_step_end(self, arguments, state, control, **more) -> None:
            if name == "killed" and state.global_step == 7:
                os._exit(9)

    settings = SETTINGS[name]
    transformers.set_seed(settings["seed"])
    x = torch.randn(16, 2)
    rows = [{"x": row, "labels": row.sum(0, keepdim=True)} for row in x]
    trainer = transformers.Trainer(
        model=Line(),
        args=transformers.TrainingArguments(
            output_dir=f"digits/{name}",
            max_steps=10,
            per_device_train_batch_size=4,
            logging_steps=2,
            logging_nan_inf_filter=False,
            eval_strategy="steps",
            eval_steps=5,
            save_steps=3,
            optim="sgd",
            max_grad_norm=0.0,
            report_to="tensorboard",
            disable_tqdm=True,
            use_cpu=True,
            **settings,
        ),
        train_dataset=rows,
        eval_dataset=rows,
        compute_metrics=lambda found: {"error": float(abs(found.predictions - found.label_ids).mean())},
        callbacks=[Kill()],
    )
    ended = trainer.train()
    trainer.save_metrics("train", ended.metrics)
    trainer.save_metrics("eval", trainer.evaluate())
    trainer.save_state()


def main(folder: Path) -> None:
    for name in SETTINGS:
        done = subprocess.run(
            [sys.executable, __file__, "--one", name], cwd=folder, env={**os.environ, "HF_HUB_OFFLINE": "1"}
        )
        assert done.returncode == (9 if name == "killed" else 0), name
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif not any(part in path.name for part in KEPT):
            path.unlink()  # weights, states of optimizers, and pickles
    # Event files, and the folders that they lie in, are called after the machine and the time.
    for number, path in enumerate(sorted(folder.rglob("*tfevents*"))):
        path.rename(path.with_name(f"events.out.tfevents.170000000{number}.machine.1.0"))
    for path in folder.glob("digits/*/runs/*"):
        path.rename(path.with_name("Jan01_00-00-00_machine"))


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        train(sys.argv[2])
    else:
        main(Path(sys.argv[1]))
