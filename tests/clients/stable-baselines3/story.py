"""Two seeds of A2C on CartPole, with a monitor, a progress table and evaluations, as Stable-Baselines3 writes them."""

from __future__ import annotations

import sys
from pathlib import Path

from stable_baselines3 import A2C
from stable_baselines3.common.callbacks import EvalCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.logger import configure


def main(folder: Path) -> None:
    for seed in range(2):
        home = folder / "cartpole" / f"a2c-{seed}"
        model = A2C(
            "MlpPolicy",
            make_vec_env("CartPole-v1", 2, seed=seed, monitor_dir=str(home)),
            seed=seed,
            device="cpu",
        )
        model.set_logger(configure(str(home), ["csv"]))
        evaluation = make_vec_env("CartPole-v1", 1, seed=100 + seed)
        callback = EvalCallback(evaluation, n_eval_episodes=2, eval_freq=200, log_path=str(home), verbose=0)
        model.learn(800, callback=callback, log_interval=20)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
