"""Written with PyTorch 2.11.0 and NumPy 2.4.6 under Python 3.12: expected values of AIM's sampler and losses.

    python make_aim.py

writes aim.json beside itself.
"""

import numpy as np
import torch
import torch.nn.functional as F

from make_golden import wave, write

torch.set_default_dtype(torch.float64)


def bernoulli(logits, kept, hidden, tau):
    """The relaxed Bernoulli sample as section 3.2 of Vo et al. 2023 writes it."""
    probability = 1 / (1 + np.exp(-logits))
    on = np.exp((np.log(probability) + kept) / tau)
    off = np.exp((np.log(1 - probability) + hidden) / tau)
    return on / (off + on)


def sampler():
    logits = np.array([-3.0, -0.5, 0.0, 0.7, 2.5, 4.0])
    kept, hidden = 1.5 * np.sin(np.arange(6) * 1.7 + 0.4), 1.5 * np.sin(np.arange(6) * 0.9 + 2.0)
    cases = [{"tau": tau, "mask": bernoulli(logits, kept, hidden, tau)} for tau in [0.1, 0.2, 1.0, 5.0]]
    # As PyTorch has it, for one of them.
    u = 1 / (1 + np.exp(-(kept - hidden)))
    relaxed = torch.distributions.utils.clamp_probs(torch.tensor(u))
    again = torch.sigmoid((torch.tensor(logits) + relaxed.log() - (-relaxed).log1p()) / 0.2)
    np.testing.assert_allclose(again.numpy(), cases[1]["mask"], rtol=1e-9)
    return {"logits": logits, "kept": kept, "hidden": hidden, "cases": cases}


def losses():
    """Eq. 5 by part; W is [2 inputs, 4 units, 3 classes]."""
    weights = wave(24, 1.5, 1.1, 0.3).reshape(2, 4, 3).requires_grad_(True)
    mask = (0.5 + wave(8, 0.5, 0.8, 0.1)).reshape(2, 4)
    seen = torch.tensor([2, 0])
    additive = F.cross_entropy(torch.einsum("buc,bu->bc", weights, mask), seen)
    logits, answer = wave(6, 2.0, 0.7, 0.5).reshape(2, 3), torch.tensor([1, 2])
    fidelity = F.cross_entropy(logits, answer)
    units = torch.linalg.vector_norm(weights, dim=2).sum(1).mean()
    classes = torch.linalg.vector_norm(weights, dim=1).sum()
    # The first row asks for its own class, the second for another one.
    own = torch.tensor([2, 1])
    probs = F.softmax(logits, dim=-1)
    columns = (-probs[0, 2].log() + 1 - probs[1, 0]) / 2
    alpha, beta = 1.8, 1e-3
    total = additive + alpha * fidelity + beta * units
    (gradient,) = torch.autograd.grad(total, weights, retain_graph=True)
    return {
        "weights": weights,
        "mask": mask,
        "seen": seen,
        "additive": additive.item(),
        "logits": logits,
        "answer": answer,
        "fidelity": fidelity.item(),
        "own": own,
        "columns": columns.item(),
        "units": units.item(),
        "classes": classes.item(),
        "alpha": alpha,
        "beta": beta,
        "total": total.item(),
        "gradient": gradient,
        "column": weights.gather(2, answer.view(2, 1, 1).expand(2, 4, 1)).squeeze(2),
    }


if __name__ == "__main__":
    write("aim", {"sampler": sampler(), "losses": losses()})
