"""Write ``docs/jax.md`` from the table of differences and the cases of the parity tests of unilosses.jax."""

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

INTRODUCTION = """# unilosses.jax

<!-- Written by docs/jax_pages.py from the tests' data: edit those instead. -->

The functions of `optax.losses` under their own names.

```python
import jax.numpy as jnp
import unilosses.jax as losses

logits, labels = jnp.array([[2.0, 0.5, -1.0], [0.0, 1.0, 3.0]]), jnp.array([0, 2])
loss = losses.softmax_cross_entropy_with_integer_labels(logits, labels).mean()  # instead of optax.losses.…
```

Every function of optax.losses is here under its own name, with its signature, as a drop-in: argument order, unreduced
values, `axis`, `where`, broadcasting, dtypes and kinds of errors are those of optax, which need not be installed. The
losses that optax lacks take JAX arrays as they are: `unilosses.tversky(y_true, y_pred)`. All run under `jax.jit`,
`jax.vmap`, `jax.grad` and `jax.hessian`.
"""

COVERAGE = """## What the parity tests run

Per function, how many calls (options, axes, masks, shapes and broadcasts) have the values, gradients of all
floating-point arguments, and Hessians of optax in float64, and which options are varied. In float32, bfloat16 and
float16 one call of each is compared with optax in float64; dtypes of results over all pairs of dtypes, with and
without `jax_enable_x64`.

| function | calls | options |
|---|---|---|
"""

DIFFERENT = """## Where the drop-ins deliberately differ

| functions | optax | here | reason |
|---|---|---|---|
"""


def page() -> str:
    """The text of the page."""
    from tests.jax_cases import CASES
    from unilosses.jax import DIFFERENCES

    calls = Counter(case.name for case in CASES)
    options: dict[str, dict[str, None]] = {}
    for case in CASES:
        options.setdefault(case.name, {}).update(dict.fromkeys(f"`{option}`" for option in case.options))
    covered = [f"| `{name}` | {calls[name]} | {', '.join(sorted(options[name]))} |" for name in sorted(calls)]
    rows = [
        f"| {', '.join(f'`{name}`' for name in row.functions) or 'all'} | {row.native} | {row.ours} | {row.reason} |"
        for row in DIFFERENCES
    ]
    return "\n".join([INTRODUCTION, DIFFERENT + "\n".join(rows) + "\n", COVERAGE + "\n".join(covered) + "\n"])


WRITTEN = {ROOT / "docs" / "jax.md": page}

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # for the tests' own data
    for path, text in WRITTEN.items():
        path.write_text(text())
