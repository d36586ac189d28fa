"""Sequences: connectionist temporal classification."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

import unilosses as ul

from .common import Array, ArrayLike, compute_dtype, unreduced
from .differences import drop_in


@drop_in
def ctc_loss(
    logits: ArrayLike,
    logit_paddings: ArrayLike,
    labels: ArrayLike,
    label_paddings: ArrayLike,
    *,
    blank_id: int = 0,
    log_epsilon: ArrayLike = -1e5,
) -> Array:
    """Minus the logarithm of the probability of all alignments of the labels with the frames.

    Paddings are 1 at frames and labels that do not count, else 0; labels are padded on the right. ``-log_epsilon``
    stands for an infinite loss, that of labels that cannot be aligned with the frames. Their gradient is 0.

    Shapes: logits ``[batch, time, classes]``, their paddings ``[batch, time]``, integer labels and their paddings
    ``[batch, length]``. Returns ``[batch]``. Reference: Graves et al., Connectionist Temporal Classification, 2006.
    """
    dtype, logits, frames_out, labels, labels_out = _checked("ctc_loss", logits, logit_paddings, labels, label_paddings)
    # Frames that count first: paddings may be anywhere.
    order = jnp.argsort(frames_out, axis=1, stable=True)
    logits = jnp.take_along_axis(logits, order[:, :, None], axis=1)
    frames = jnp.sum(~frames_out, axis=1)
    lengths = jnp.sum(~labels_out, axis=1)
    labels = jnp.where(labels_out, blank_id, labels)
    value = unreduced(ul.ctc, labels, logits, label_length=lengths, logit_length=frames, blank=blank_id)
    return jnp.where(jnp.isposinf(value), -log_epsilon, value).astype(dtype)


@drop_in
def ctc_loss_with_forward_probs(
    logits: ArrayLike,
    logit_paddings: ArrayLike,
    labels: ArrayLike,
    label_paddings: ArrayLike,
    *,
    blank_id: int = 0,
    log_epsilon: ArrayLike = -1e5,
) -> tuple[Array, Array, Array]:
    """:func:`ctc_loss`, and the forward log-probabilities of a blank, and of a label, at each frame.

    The probability at ``[t, b, n]`` is that of all alignments of the first n labels with the frames up to t which end
    in a blank (second result), or in label n + 1 itself (third). ``log_epsilon`` stands for the logarithm of 0.

    Shapes: as for :func:`ctc_loss`. Returns ``[batch]``, ``[time, batch, length + 1]`` and ``[time, batch, length]``.
    """
    arguments = (logits, logit_paddings, labels, label_paddings)
    dtype, logits, frames_out, labels, labels_out = _checked("ctc_loss_with_forward_probs", *arguments)
    loss = ctc_loss(*arguments, blank_id=blank_id, log_epsilon=log_epsilon)
    log_p = jax.nn.log_softmax(logits, axis=-1)
    classes = logits.shape[-1]
    valid = (labels >= 0) & (labels < classes)
    emitted = jnp.take_along_axis(log_p, jnp.where(valid, labels, 0)[:, None, :], axis=2)
    emitted = jnp.where(valid[:, None, :], emitted, jnp.where(labels_out, 0.0, jnp.nan)[:, None, :])
    # A label equal to the next one needs a blank between them, so the way on without a blank is closed to it.
    again = jnp.pad(labels[:, :-1] == labels[:, 1:], ((0, 0), (0, 1)))
    unless_again = jnp.where(again, log_epsilon, 0.0).astype(log_p.dtype)
    if_again = jnp.where(again, 0.0, log_epsilon).astype(log_p.dtype)

    def joined(blank: Array, label: Array) -> Array:
        """The probability of a blank after n labels, joined by that of label n."""
        return jnp.concatenate([blank[:, :1], jnp.logaddexp(blank[:, 1:], label)], axis=1)

    def step(before: tuple[Array, Array], frame: tuple[Array, Array, Array]) -> Any:
        (blank, label), (log_blank, log_label, out) = before, frame
        ready = joined(blank, label + unless_again)
        next_label = jnp.logaddexp(ready[:, :-1], label) + log_label
        next_blank = joined(ready + log_blank[:, None], label + log_blank[:, None] + if_again)
        after = jnp.where(out[:, None], blank, next_blank), jnp.where(out[:, None], label, next_label)
        return after, after

    batch, length = labels.shape
    start = jnp.full((batch, length + 1), log_epsilon, log_p.dtype).at[:, 0].set(0.0)
    frames = (log_p[:, :, blank_id].T, jnp.swapaxes(emitted, 0, 1), frames_out.T)
    _, (blank, label) = jax.lax.scan(step, (start, start[:, 1:]), frames)
    blank = blank.at[-1].set(joined(blank[-1], label[-1]))
    return loss, blank.astype(dtype), label.astype(dtype)


def _checked(
    function: str, logits: ArrayLike, logit_paddings: ArrayLike, labels: ArrayLike, label_paddings: ArrayLike
) -> tuple[Any, Array, Array, Array, Array]:
    """The dtype of the result, logits in the dtype to compute in, paddings as booleans."""
    logits, labels = jnp.asarray(logits), jnp.asarray(labels)
    frames_out, labels_out = jnp.asarray(logit_paddings) != 0, jnp.asarray(label_paddings) != 0
    if (
        logits.ndim != 3
        or labels.ndim != 2
        or logits.shape[:2] != frames_out.shape
        or labels.shape != labels_out.shape
        or labels.shape[0] != logits.shape[0]
    ):
        raise ValueError(
            f"{function}: the shapes are {logits.shape} of logits, {frames_out.shape} of logit_paddings, "
            f"{labels.shape} of labels and {labels_out.shape} of label_paddings; wanted (batch, time, classes), "
            "(batch, time), (batch, length) and (batch, length)."
        )
    dtype = jnp.promote_types(logits.dtype, jnp.result_type(float))
    return dtype, logits.astype(compute_dtype(dtype)), frames_out, labels, labels_out


__all__ = ["ctc_loss", "ctc_loss_with_forward_probs"]
