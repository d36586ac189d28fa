"""What would a new policy earn, judged by the actions of an old one? And what PPO clips.

The old policy plays a game of ten actions with known average rewards. The importance weights of its actions are the
ratios of the two policies' probabilities: their weighted average reward estimates the new policy's without playing it.
The further the new policy moves, the fewer effective samples are left; PPO's objective clips the ratio so that there is
nothing to gain by moving further.

    python off_policy_evaluation.py
"""

import numpy as np

import unilosses as ul

ACTIONS = 10
PLAYED = 5_000
CLIP = 0.2


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Log probabilities of scores."""
    return scores - np.logaddexp.reduce(scores)


def evaluate(seed: int, step: float) -> dict[str, object]:
    """Estimate the new policy's average reward; ``step`` is how far it has moved along the rewards' gradient."""
    rng = np.random.default_rng(seed)
    rewards = rng.normal(size=ACTIONS)
    old = log_softmax(rng.normal(size=ACTIONS))
    new = log_softmax(old + step * rewards)
    played = rng.choice(ACTIONS, size=PLAYED, p=np.exp(old))
    observed = rewards[played] + 0.5 * rng.normal(size=PLAYED)

    estimate = ul.importance.estimate(observed, new[played], old[played])
    ratio = ul.importance.weights(new[played], old[played])
    clipped = np.minimum(ratio * observed, np.clip(ratio, 1 - CLIP, 1 + CLIP) * observed).mean()
    return {
        "exact": float((np.exp(new) * rewards).sum()),
        "old": float((np.exp(old) * rewards).sum()),
        "estimate": estimate,
        "clipped": float(clipped),
        "divergence": float(ul.information.kl_divergence(log_p=new, log_q=old, base="e")),
    }


def main() -> None:
    """Print a table over the size of the step."""
    print("step  KL(new|old)  exact  estimate ± standard error  effective samples  PPO's objective")
    for step in (0.0, 0.1, 0.3, 1.0, 3.0):
        found = evaluate(0, step)
        estimate = found["estimate"]
        print(
            f"{step:4.1f}  {found['divergence']:11.4f}  {found['exact']:5.3f}  {estimate.value:8.3f} ± "
            f"{estimate.standard_error:.3f}  {estimate.effective_sample_size:28.0f}  {found['clipped']:15.3f}"
        )


if __name__ == "__main__":
    main()
