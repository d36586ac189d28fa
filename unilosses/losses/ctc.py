"""Connectionist temporal classification: sequences of labels without their times."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..domains import LABEL_SEQUENCE, LOGITS
from ..loss import loss
from ..namespace import Array, Namespace
from ..reduction import fits

if TYPE_CHECKING:
    from ..loss import Loss

#: The logarithm of nothing: below that of any path, and finite in float32, so that no derivative meets inf - inf.
NOTHING = -1e38


def _check_sequences(made: Loss, arrays: Sequence[Array], parameters: Mapping[str, Any]) -> None:
    labels, logits = (tuple(x.shape) for x in arrays)
    lengths = {n: tuple(getattr(parameters[n], "shape", ())) for n in ("label_length", "logit_length")}
    matched = len(labels) == 2 and len(logits) == 3 and fits(labels[:1], logits[:1])
    wrong = next((n for n, shape in lengths.items() if shape != () and not fits(shape, labels[:1])), None)
    if not matched or wrong:
        given = f"{wrong} has shape {lengths[wrong]} beside " if matched and wrong else ""
        raise ValueError(
            f"{made.name}: {given}y_true has shape {labels} and y_pred has shape {logits}. Wanted: y_true (batch, "
            "labels), y_pred (batch, time, classes), lengths (batch,). Fix: the batch comes first, time before classes."
        )
    if isinstance(blank := parameters["blank"], int) and not 0 <= blank < logits[2]:
        raise ValueError(f"{made.name}: blank={blank}, but y_pred has {logits[2]} classes; wanted one of them.")


@loss(
    kind="coupled",
    y_true=LABEL_SEQUENCE,
    y_pred=LOGITS,
    check=_check_sequences,
    value_shape=lambda arrays, parameters: tuple(arrays[1].shape[:1]),
    classes=lambda arrays: arrays[1].shape[2],
)
def ctc(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    *,
    label_length: Any = None,
    logit_length: Any = None,
    blank: int = 0,
    zero_infinity: bool = False,
) -> Any:
    r"""The cost of a label sequence, summed over all ways to place it in time, with blanks and repetitions between.

    ``y_pred`` holds logits (batch, time, classes), ``y_true`` class indices (batch, labels), of which the first
    ``label_length`` count; without it, those that are neither ``blank`` nor negative. The first ``logit_length`` times
    count. A sequence that cannot be placed (too few times, or only over classes of probability 0) costs infinity, or 0
    with ``zero_infinity``, and has derivative 0. Labels out of range give an error, or NaN where they cannot be read.

    Formula: \ell = -\log \sum_{\pi \in \mathcal B^{-1}(y)} \prod_t p_{t, \pi_t}, \quad
        p_t = \operatorname{softmax}(\hat y_t), \quad \mathcal B \text{ merges repetitions, then drops blanks}
    Derivative: \partial \ell / \partial \hat y_{t, c} = p_{t, c} - P(\pi_t = c \mid y)
    Also known as: connectionist temporal classification
    Reference: Graves et al., Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with Recurrent
        Neural Networks, 2006
    """
    states = _States(xp, y_true, y_pred, label_length, logit_length, blank)

    alphas = xp.lattice(states.start, states.emissions, states.skip, NOTHING)
    last = states.at_the_end(alphas)
    total = xp.logsumexp(xp.where(states.is_end, last, states.nothing), axis=1)
    impossible = total < 0.5 * NOTHING
    zero = xp.zeros_like(total)
    value = xp.where(
        impossible, zero if zero_infinity else zero + math.inf, xp.relu(-xp.where(impossible, zero, total))
    )

    def pullback(upstream: Array) -> Array:
        # The same walk from the end, over the states in reverse; its emission of a time is counted twice.
        emissions, skip = xp.flip(states.emissions, axis=2), states.skip_back
        gammas = xp.lattice(states.start_back, emissions, skip, NOTHING, kept=states.timed, reverse=True)
        betas = xp.flip(gammas - emissions, axis=2)
        # Shares of one time sum to 1 in theory; normalised there, no rounding of large numbers gets through.
        shares = xp.permute_dims(xp.softmax(alphas + betas, axis=-1), (1, 0, 2))
        derivative = xp.exp(states.log_p) - xp.sum_by_class(shares, states.classes, y_pred)
        counted = states.counted & ~xp.expand_dims(impossible, axis=1)
        derivative = xp.where(xp.expand_dims(counted, axis=2), derivative, xp.zeros_like(derivative))
        return derivative * xp.reshape(upstream, (-1, 1, 1))

    return xp.where(states.invalid, zero + math.nan, value), pullback


class _States:
    """What a path runs through: blank, label, blank, ..., label, blank; and where it may go from there.

    Logarithms of probabilities are at least ``NOTHING``. Arrays over time have it first, as ``scan`` wants.
    """

    def __init__(
        self, xp: Namespace, labels: Array, logits: Array, label_length: Any, logit_length: Any, blank: int
    ) -> None:
        self.xp = xp
        labels = xp.astype(labels, xp.int32)
        one_label, one_time = xp.ones_like(labels), xp.ones_like(logits[:, :, 0])
        room, time = xp.sum(one_label, axis=1), xp.sum(one_time, axis=1)
        proper = (labels >= 0) & (labels < logits.shape[2]) & (labels != blank)
        length = xp.sum(xp.astype((labels >= 0) & (labels != blank), xp.int32), axis=1)
        if label_length is not None:
            length = _filled(xp, label_length, length)
        duration = time if logit_length is None else _filled(xp, logit_length, time)
        within = xp.cumulative_sum(one_label, axis=1) <= xp.expand_dims(length, axis=1)
        steps = xp.cumulative_sum(one_time, axis=1)
        self.counted = steps <= xp.expand_dims(duration, axis=1)
        self.invalid = xp.any(within & ~proper, axis=1) | (length > room) | (duration > time)

        blanks = xp.zeros_like(labels) + blank
        pairs = xp.stack([blanks, xp.where(within & proper, labels, blanks)], axis=2)
        pairs = xp.reshape(pairs, (labels.shape[0], 2 * labels.shape[1]))
        edge = xp.zeros_like(xp.astype(xp.expand_dims(length, axis=1), xp.int32)) + blank
        self.classes = xp.concat([pairs, edge], axis=1)
        # From label to label without a blank between, unless they are equal.
        skips = self.classes != xp.concat([edge, edge, self.classes], axis=1)[:, :-2]
        place = xp.cumulative_sum(xp.ones_like(self.classes), axis=1) - 1
        end = xp.expand_dims(2 * xp.astype(length, place.dtype), axis=1)
        self.is_end = (place == end) | (place == end - 1)

        counted = xp.expand_dims(self.counted, axis=2)
        self.log_p = xp.log_softmax(xp.where(counted, logits, xp.zeros_like(logits)), axis=2)
        everywhere = 0 * xp.astype(counted, xp.int32) + xp.expand_dims(self.classes, axis=1)
        emissions = xp.permute_dims(xp.take_along_axis(self.log_p, everywhere, axis=2), (1, 0, 2))
        self.timed = xp.permute_dims(counted, (1, 0, 2))
        self.emissions = xp.where(emissions < NOTHING, xp.zeros_like(emissions) + NOTHING, emissions)
        self.nothing = xp.zeros_like(self.emissions[0, ...]) + NOTHING
        #: What a step over a state costs, by where it arrives; and seen from the end.
        self.skip = xp.where(skips, xp.zeros_like(self.nothing), self.nothing)
        edge = self.nothing[:, :1]
        self.skip_back = xp.concat([edge, edge, xp.flip(self.skip, axis=1)], axis=1)[:, : self.skip.shape[1]]
        #: Before the first time only state 0 has been reached, so that a path begins there or in state 1.
        self.start = xp.where(place == 0, xp.zeros_like(self.nothing), self.nothing)
        self.start_back = xp.flip(xp.where(place == end, xp.zeros_like(self.nothing), self.nothing), axis=1)
        self.finished = xp.permute_dims(xp.expand_dims(steps == xp.expand_dims(duration, axis=1), axis=2), (1, 0, 2))
        self.unstarted = xp.expand_dims(duration == 0, axis=1)

    def at_the_end(self, over_time: Array) -> Array:
        """The states after the last time that counts."""
        xp = self.xp
        last = xp.sum(xp.where(self.finished, over_time, xp.zeros_like(over_time)), axis=0)
        return xp.where(self.unstarted, self.start, last)


def _filled(xp: Namespace, given: Any, like: Array) -> Array:
    """Lengths, one or one per sequence, in the dtype of what they are compared with."""
    return xp.zeros_like(like) + (given if isinstance(given, int) else xp.astype(given, like.dtype))


__all__ = ["ctc"]
