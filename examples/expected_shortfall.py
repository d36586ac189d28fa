"""Value at risk and expected shortfall of a heavy-tailed loss at 99.9 %, from 10,000 samples.

The loss follows Student's t distribution with 3 degrees of freedom, which has no fourth moment: of 10,000 plain samples
ten are beyond the quantile, and the largest decides. Samples of a wider t distribution (same tail, ten times the scale)
put a quarter of the samples there, with bounded weights.

    python expected_shortfall.py
"""

import math

import numpy as np

import unilosses as ul

FREEDOM = 3.0
LEVEL = 0.999
WIDER = 10.0
SAMPLES = 10_000


def log_density(x: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """The log density of Student's t distribution."""
    constant = math.lgamma((FREEDOM + 1) / 2) - math.lgamma(FREEDOM / 2) - 0.5 * math.log(FREEDOM * math.pi)
    return constant - math.log(scale) - (FREEDOM + 1) / 2 * np.log1p((x / scale) ** 2 / FREEDOM)


def tail_probability(loss: float) -> float:
    """P(x > loss), in closed form for 3 degrees of freedom."""
    t = loss / math.sqrt(FREEDOM)
    return 0.5 - (math.atan(t) + t / (1 + t * t)) / math.pi


def exact() -> dict[str, float]:
    """The quantile by bisection, and the mean beyond it by its closed form."""
    low, high = 0.0, 1000.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if tail_probability(middle) > 1 - LEVEL else (low, middle)
    density = math.exp(float(log_density(np.array(low))))
    mean_beyond = density * (FREEDOM + low * low) / (FREEDOM - 1) / (1 - LEVEL)
    return {"value_at_risk": low, "expected_shortfall": mean_beyond}


def estimated(seed: int) -> dict[str, float]:
    """From samples of the wider distribution."""
    x = WIDER * np.random.default_rng(seed).standard_t(FREEDOM, SAMPLES)
    log_p, log_q = log_density(x), log_density(x, WIDER)
    # The weighted quantile: the loss beyond which the weights of the samples add up to 1 - LEVEL.
    order = np.argsort(-x)
    beyond = np.cumsum(ul.importance.weights(log_p, log_q)[order]) / SAMPLES
    value_at_risk = float(x[order][np.searchsorted(beyond, 1 - LEVEL)])
    # Expected shortfall by the form of Rockafellar and Uryasev, which needs no division by an estimated probability.
    excess = ul.importance.estimate(np.maximum(x - value_at_risk, 0), log_p, log_q)
    return {
        "value_at_risk": value_at_risk,
        "expected_shortfall": value_at_risk + float(excess.value) / (1 - LEVEL),
        "standard_error": float(excess.standard_error) / (1 - LEVEL),
        "pareto_k": float(excess.pareto_k),
    }


def sampled(seed: int) -> dict[str, float]:
    """From samples of the distribution itself."""
    x = np.random.default_rng(seed).standard_t(FREEDOM, SAMPLES)
    value_at_risk = float(np.quantile(x, LEVEL))
    return {"value_at_risk": value_at_risk, "expected_shortfall": float(x[x > value_at_risk].mean())}


def main() -> None:
    """Print both measures three times: exact, by importance sampling, by plain sampling."""
    for name, found in (("exact", exact()), ("importance sampling", estimated(0)), ("plain sampling", sampled(0))):
        print(f"{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in found.items()))


if __name__ == "__main__":
    main()
