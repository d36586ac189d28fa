"""Distillation: a small network learns from a random forest, by the KL divergence of their probabilities.

The student never sees a label. The forest's probabilities say more than its answer: which digits resemble each other.

    python examples/distillation.py --framework keras
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from networks import Objective, Trained, options, train
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

import unilosses as ul


def run(framework: str, steps: int) -> tuple[Trained, np.ndarray, np.ndarray]:
    """The student, the teacher's probabilities, and the labels."""
    digits = load_digits()
    x = (digits.data / 16).astype(np.float32)
    half = len(x) // 2
    forest = RandomForestClassifier(50, random_state=0).fit(x[:half], digits.target[:half])
    teacher = forest.predict_proba(x).astype(np.float32)
    teacher /= teacher.sum(axis=1, keepdims=True)
    objective = Objective(ul.kl_divergence, from_logits=True)
    return train(framework, x, objective, (teacher,), [32, 10], steps=steps), teacher, digits.target


def plot(student: Trained, teacher: np.ndarray, path: Path) -> None:
    """The curve, and the student's probabilities beside the teacher's."""
    import matplotlib.pyplot as plt

    scores = np.exp(student.outputs - student.outputs.max(axis=1, keepdims=True))
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    left.plot(student.curve, color="#0072b2")
    left.set(xlabel="step", ylabel="KL divergence in nats", yscale="log")
    right.plot(teacher.ravel(), (scores / scores.sum(axis=1, keepdims=True)).ravel(), ",", color="#d55e00")
    right.set(xlabel="probability, teacher", ylabel="probability, student")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    """Train, compare, plot."""
    arguments = options(__doc__, steps=300)
    student, teacher, labels = run(arguments.framework, arguments.steps)
    answers = student.outputs.argmax(axis=1)
    agreement, right = np.mean(answers == teacher.argmax(axis=1)), np.mean(answers == labels)
    print(f"KL divergence {student.curve[0]:.4f} -> {student.curve[-1]:.4f} nats")
    print(f"student and teacher agree on {agreement:.1%}, the student is right on {right:.1%}")
    path = arguments.plot or Path("distillation.png")
    plot(student, teacher, path)
    print(f"figure: {path}")


if __name__ == "__main__":
    main()
