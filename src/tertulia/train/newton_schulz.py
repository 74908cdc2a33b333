"""The orthogonal factor of a matrix by Newton-Schulz steps, with the coefficients of Polar Express.

Amsel et al. 2025, arXiv 2505.16932. Only products of matrices are needed, which every device does
fast.
"""

from __future__ import annotations

import torch
from torch import Tensor

_STEPS = (
    (8.156554524902461, -22.48329292557795, 15.878769915207462),
    (4.042929935166739, -2.808917465908714, 0.5000178451051316),
    (3.8916678022926607, -2.772484153217685, 0.5060648178503393),
    (3.285753657755655, -2.3681294933425376, 0.46449024233003106),
    (2.3465413258596377, -1.7097828382687081, 0.42323551169305323),
)


def orthogonalise(stack_NRC: Tensor) -> Tensor:
    """The orthogonal factor of each matrix of a stack (N, R, C), roughly, in bfloat16."""
    tall = stack_NRC.shape[-2] > stack_NRC.shape[-1]
    x = (stack_NRC.mT if tall else stack_NRC).to(torch.bfloat16).contiguous()
    x = x / (x.norm(dim=(-2, -1), keepdim=True) * 1.01 + 1e-7)
    for first, third, fifth in _STEPS:
        gram = torch.bmm(x, x.mT)
        poly = torch.baddbmm(gram, gram, gram, beta=third, alpha=fifth)
        x = torch.baddbmm(x, poly, x, beta=first)
    return x.mT if tall else x
