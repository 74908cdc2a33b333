"""The vector of a sentence: the mean of its tokens' hidden states, of length one.

Shapes: B rows, T context, Q documents a row, N sentences, D width.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tertulia.model.transformer import Transformer
from tertulia.train.batch import MICRO_TOKENS
from tertulia.train.packing import empty_rows, pack

_ROW_TOKENS = 256
"""Short sentences share rows of this many tokens, whatever the model could read at once."""


def sentence_vectors(hidden_BTD: Tensor, documents_BT: Tensor, count: int) -> Tensor:
    """The vectors of the documents 0 to `count` - 1 of each row (B, Q, D), in float32.

    A document that is not there has zeros.
    """
    number_Q = torch.arange(count, device=documents_BT.device)
    # A product with zeros and ones: a scattered sum has no fixed order on a GPU.
    belongs_BQT = (documents_BT.unsqueeze(1) == number_Q.unsqueeze(1)).float()
    sums_BQD = belongs_BQT @ hidden_BTD.float()
    # The mean's divisor goes away with the length.
    return F.normalize(sums_BQD, dim=-1)


@torch.no_grad()
def embed(
    model: Transformer, sentences: Sequence[Sequence[int]], *, bfloat16: bool = False
) -> Tensor:
    """The vectors (N, D) of tokenized sentences, in float32 on the model's device.

    With `bfloat16` the model's products are in that precision; means are in float32 all the same.

    Of one that is longer than the model's context, the beginning counts. Give them as the model
    was trained on them, with the same special tokens around them.
    """
    if not sentences:
        return torch.zeros(0, model.config.width)
    device = model.lm_head.weight.device
    cut = [np.asarray(sentence[: model.config.context], dtype=np.int64) for sentence in sentences]
    needs = [len(sentence) for sentence in cut]
    width = max(max(needs), min(_ROW_TOKENS, sum(needs)))
    packed = pack(needs, width)
    found_ND = torch.zeros(len(cut), model.config.width, device=device)
    rows_at_once = max(1, MICRO_TOKENS // width)
    for first in range(0, len(packed), rows_at_once):
        rows = packed[first : first + rows_at_once]
        ids_BT, _, documents_BT = empty_rows(len(rows), width)
        for b, row in enumerate(rows):
            used = sum(needs[i] for i in row)
            ids_BT[b, :used] = np.concatenate([cut[i] for i in row])
            documents_BT[b, :used] = np.repeat(np.arange(len(row)), [needs[i] for i in row])
        documents = torch.from_numpy(documents_BT).to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            hidden_BTD = model.hidden(torch.from_numpy(ids_BT).to(device), documents_BT=documents)
        vectors_BQD = sentence_vectors(hidden_BTD, documents, max(map(len, rows)))
        for b, row in enumerate(rows):
            found_ND[row] = vectors_BQD[b, : len(row)]
    return found_ND
