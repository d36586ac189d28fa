"""How likely is a 5-sigma loss? Once in 3.5 million draws; 10,000 draws of another distribution measure it to 0.1 %.

python five_sigma.py
"""

import math

import numpy as np

import unilosses as ul

#: P(x > 5) of a standard normal distribution.
EXACT = math.erfc(5 / math.sqrt(2)) / 2
SAMPLES = 10_000
SEED = 1


def log_normal(x: np.ndarray, mean: float = 0.0) -> np.ndarray:
    """The log density of a normal distribution of unit variance."""
    return -0.5 * (x - mean) ** 2 - 0.5 * math.log(2 * math.pi)


def plain_hits(seed: int) -> int:
    """How many of the samples of the distribution itself are beyond 5 sigma."""
    return int((np.random.default_rng(seed).normal(size=SAMPLES) > 5).sum())


def shifted_probability(seed: int) -> ul.importance.Estimate:
    """From a normal distribution around 5: half of the samples count, with weights that differ by orders."""
    x = np.random.default_rng(seed).normal(5.0, size=SAMPLES)
    return ul.importance.estimate(x > 5, log_normal(x), log_normal(x, 5.0))


def tail_probability(seed: int) -> ul.importance.Estimate:
    """From an exponential distribution beyond 5, which falls as the normal density does there: even weights."""
    excess = np.random.default_rng(seed).exponential(1 / 5, SAMPLES)
    x = 5 + excess
    return ul.importance.estimate(x > 5, log_normal(x), math.log(5) - 5 * excess)


def main() -> None:
    """Print the three ways side by side."""
    print(f"exact: {EXACT:.5g}")
    print(f"plain sampling: {plain_hits(SEED)} of {SAMPLES} samples are beyond 5 sigma")
    for name, found in (("around 5", shifted_probability(SEED)), ("exponential beyond 5", tail_probability(SEED))):
        low, high = found.confidence_interval()
        print(
            f"{name}: {found.value:.5g}, 95 % interval {low:.5g} to {high:.5g}, error "
            f"{100 * (found.value / EXACT - 1):+.2f} %, {found.effective_sample_size:.0f} effective samples"
        )


if __name__ == "__main__":
    main()
