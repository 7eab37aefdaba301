import random

import runfolio

for lr in (0.01, 0.1, 0.3):
    for seed in range(3):
        with runfolio.start(experiment="line", parameters={"lr": lr, "seed": seed}) as run:
            rng, slope = random.Random(seed), 0.0
            for step in range(100):
                x = rng.uniform(-1, 1)
                error = slope * x - (3 * x + rng.gauss(0, 0.1))
                slope -= lr * error * x
                run.log(loss=(slope - 3) ** 2, step=step)
