"""Draw ``hero.svg``, four losses at a glance: ``python docs/figures/hero.py``."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

import unilosses as ul
from unilosses.plotting import draw_on, path_of, save

LOSSES = ("huber", "binary_focal_cross_entropy", "quantile", "ctc")
TARGET = Path(__file__).parent / "hero.svg"


def hero() -> Figure:
    """Values in the upper row, gradients in the lower one."""
    with mpl.rc_context({"font.size": 12}):
        figure = Figure(figsize=(11, 4.8), layout="constrained")
        axes = figure.subplots(2, len(LOSSES), sharex="col")
        for column, name in enumerate(LOSSES):
            above, below = axes[:, column]
            draw_on(above, below, ul.get(name))
            above.set_title(name, fontsize=12)
            curves = [curve.label for curve in path_of(ul.get(name)).curves]
            if len(curves) > 1:
                above.legend(frameon=False, fontsize=9.5)
        axes[0, 0].set_ylabel("value")
        axes[1, 0].set_ylabel("gradient")
    return figure


if __name__ == "__main__":
    save(hero(), TARGET)
