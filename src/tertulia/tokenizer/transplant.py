"""Embeddings of one vocabulary carried over to another, so that a model can change tokenizers.

What both vocabularies hold keeps its row. Any other token gets the mean of the rows of the parts
into which the old tokenizer takes its bytes apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tertulia.tokenizer.vocabulary import Vocabulary

if TYPE_CHECKING:
    import numpy as np
    import tokenizers
    import torch
    from numpy.typing import NDArray


def transplant(
    old: tokenizers.Tokenizer,
    new: tokenizers.Tokenizer,
    embeddings: NDArray[np.floating[Any]] | torch.Tensor,
    *,
    same: Mapping[str, str] | None = None,
) -> NDArray[np.floating[Any]] | torch.Tensor:
    """Rows (new vocabulary x width) for `new`, from rows (old vocabulary x width) for `old`.

    A NumPy array gives one, a torch tensor one on the same device; the type stays. Special tokens
    go by name, `same` naming the old one for a new one, such as `{"<|bos|>": "<s>"}`; those
    without a counterpart, and what the old tokenizer cannot write, get the mean of all rows.
    Rows of `embeddings` beyond the old vocabulary are padding and are not used.

    Raises ValueError where `embeddings` has fewer rows than the old vocabulary.
    """
    import numpy as np

    parts = token_parts(old, new, same or {})
    known = Vocabulary(old).size
    if len(embeddings) < known:
        raise ValueError(f"{len(embeddings)} rows for a vocabulary of {known}")
    if not isinstance(embeddings, np.ndarray):
        rows = _means(embeddings[:known].detach().float().cpu().numpy(), parts)
        return embeddings.new_tensor(rows)
    return _means(embeddings[:known], parts).astype(embeddings.dtype)


def token_parts(
    old: tokenizers.Tokenizer, new: tokenizers.Tokenizer, same: Mapping[str, str]
) -> list[list[int]]:
    """For each new id the old ids whose mean it gets; none where there is no counterpart."""
    before, after = Vocabulary(old), Vocabulary(new)
    ids = before.ids_of_bytes()
    parts: list[list[int]] = []
    for name, content in zip(after.names, after.contents, strict=True):
        if content is None:
            found = before.special.get(same.get(name, name))
            parts.append([] if found is None else [found])
        elif content in ids:
            parts.append([ids[content]])
        else:
            parts.append(before.take_apart(content))
    return parts


def _means(rows: NDArray[np.floating[Any]], parts: list[list[int]]) -> NDArray[np.float64]:
    import numpy as np

    anything = rows.mean(axis=0, dtype=np.float64)
    return np.stack(
        [rows[ids].mean(axis=0, dtype=np.float64) if ids else anything for ids in parts]
    )
