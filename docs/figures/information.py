"""The figures of docs/information.md: surprise, the entropy of a coin, KL's asymmetry, importance weights.

    python docs/figures/information.py [FOLDER]

writes four SVG files beside this script, or into FOLDER.
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import unilosses as ul

STYLE = {
    "figure.figsize": (5.6, 3.2),
    "figure.constrained_layout.use": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    # The same file from every run.
    "svg.hashsalt": "unilosses",
}


def surprise() -> plt.Figure:
    """Self-information against probability, in the three units."""
    figure, axes = plt.subplots()
    p = np.linspace(0.002, 1, 500)
    for base, unit in ((2, "bits"), ("e", "nats"), (10, "hartleys")):
        axes.plot(p, ul.information.self_information(p, base=base), label=unit)
    axes.set(xlabel="probability of the event", ylabel="surprise", ylim=(0, 9), xlim=(0, 1))
    axes.legend()
    return figure


def coin() -> plt.Figure:
    """The entropy of a coin, with the coins of the text."""
    figure, axes = plt.subplots()
    heads = np.linspace(0, 1, 501)
    axes.plot(heads, ul.information.entropy(np.stack([heads, 1 - heads], axis=-1)))
    for p, offset in ((0.5, (24, -20)), (0.99, (-12, 2))):
        bits = float(ul.information.entropy([p, 1 - p]))
        axes.plot(p, bits, "o", color="C1")
        axes.annotate(f"{bits:.2f} bits", (p, bits), xytext=offset, textcoords="offset points", ha="right")
    axes.set(xlabel="probability of heads", ylabel="entropy (bits)", ylim=(0, 1.05), xlim=(0, 1.01))
    return figure


def asymmetry() -> plt.Figure:
    """One distribution with two peaks, and the normal distributions that are nearest in the two directions of KL."""
    x = np.linspace(-6, 6, 241)

    def normal(mean: float, scale: float) -> np.ndarray:
        density = np.exp(-0.5 * ((x - mean) / scale) ** 2)
        return density / density.sum()

    p = 0.6 * normal(-2, 0.7) + 0.4 * normal(2, 0.7)
    candidates = [(m, s) for m in np.linspace(-3, 3, 61) for s in np.linspace(0.4, 3, 53)]
    q = np.stack([normal(*c) for c in candidates])
    forward = q[np.argmin(ul.information.kl_divergence(p, q))]
    backward = q[np.argmin(ul.information.kl_divergence(q, p))]
    figure, axes = plt.subplots()
    axes.fill_between(x, p, alpha=0.25, label="P")
    axes.plot(x, forward, label="Q with the least D(P‖Q): covers P")
    axes.plot(x, backward, label="Q with the least D(Q‖P): stays inside P")
    axes.set(xlabel="x", yticks=[], ylim=(0, 0.055), xlim=(-6, 6))
    axes.legend(loc="upper right")
    return figure


def importance() -> plt.Figure:
    """The running estimate of a 5-sigma probability from two proposals."""
    figure, axes = plt.subplots()
    rng = np.random.default_rng(1)
    n = np.unique(np.geomspace(100, 10_000, 80).astype(int))
    exact = 2.866515719e-07
    shifted, excess = rng.normal(5, size=n[-1]), rng.exponential(1 / 5, size=n[-1])
    proposals = {
        "normal around 5": (shifted, -0.5 * (shifted - 5) ** 2 - 0.5 * np.log(2 * np.pi)),
        "exponential beyond 5": (5 + excess, np.log(5) - 5 * excess),
    }
    for name, (x, log_q) in proposals.items():
        log_p = -0.5 * x * x - 0.5 * np.log(2 * np.pi)
        found = [ul.importance.estimate(x[:k] > 5, log_p[:k], log_q[:k]) for k in n]
        value = np.array([f.value for f in found]) / exact
        low, high = (np.array([f.confidence_interval()[side] for f in found]) / exact for side in (0, 1))
        (line,) = axes.plot(n, value, label=name)
        axes.fill_between(n, low, high, alpha=0.2, color=line.get_color())
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set(xscale="log", xlabel="samples", ylabel="estimate / exact", ylim=(0.5, 1.5))
    axes.legend()
    return figure


FIGURES = {"surprise": surprise, "coin": coin, "kl_asymmetry": asymmetry, "importance": importance}


def main(folder: Path) -> None:
    """Draw all figures."""
    with plt.rc_context(STYLE):
        for name, draw in FIGURES.items():
            figure = draw()
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
            plt.close(figure)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
