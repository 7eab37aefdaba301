"""Two versions of a small network, logged by Lightning's CSVLogger with its hyperparameters; the third is killed by an error."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import lightning
import torch
from lightning.pytorch.loggers import CSVLogger
from torch.utils.data import DataLoader, TensorDataset


class Line(lightning.LightningModule):
    def __init__(self, lr: float, seed: int, stops_at: int | None = None) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(2, 1)

    def training_step(self, batch: list[torch.Tensor], index: int) -> torch.Tensor:
        if self.global_step == self.hparams.stops_at:
            raise RuntimeError("out of luck")
        loss = ((self.layer(batch[0]) - batch[1]) ** 2).mean()
        self.log("train/loss", loss)
        return loss

    def validation_step(self, batch: list[torch.Tensor], index: int) -> None:
        self.log("val/loss", ((self.layer(batch[0]) - batch[1]) ** 2).mean())

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), self.hparams.lr)


def main(folder: Path) -> None:
    for settings in ({"lr": 0.1, "seed": 0}, {"lr": 0.01, "seed": 1}, {"lr": 0.1, "seed": 2, "stops_at": 9}):
        lightning.seed_everything(settings["seed"])
        x = torch.randn(16, 2)
        data = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=4)
        trainer = lightning.Trainer(
            max_epochs=3,
            logger=CSVLogger(folder, "line", flush_logs_every_n_steps=1),
            log_every_n_steps=2,
            accelerator="cpu",
            enable_progress_bar=False,
            enable_model_summary=False,
            enable_checkpointing=False,
        )
        with contextlib.suppress(RuntimeError, SystemExit):
            trainer.fit(Line(**settings), data, data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
