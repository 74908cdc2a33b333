"""A small model with random weights and a real tokenizer, as a trained model folder."""

from __future__ import annotations

from pathlib import Path

import torch

from tertulia.model.config import ModelConfig
from tertulia.model.disk import save_model
from tertulia.model.transformer import Transformer
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe

SENTENCES = (
    "La tertulia comenzó a las nueve y terminó cuando cerraron el café de la plaza.",
    "¿Quién dijo que el niño no sabía nadar? Su abuela lo vio cruzar el río.",
    "La il·lusió col·lectiva de l'Alzina era arribar d'hora a l'escola, i no sempre ho feien.",
    "A l'agost de 1987 van collir 12.345 quilos d'ametlles; l'any següent, la meitat.",
    "Este dissabte xiquetes i xiquets faran una exposició de les seues pintures a València.",
    "Euskal herrietan etxe zaharrak berritzen ari dira, eta gazteak bertara itzultzen.",
    "Zenbat ordu behar dituzu liburu hori irakurtzeko? Hiru edo lau, gehienez ere.",
    "O mar da Coruña estaba en calma e as mulleres agardaban polas barcas no peirao.",
    "Non sei se choverá mañá, pero levarei o paraugas por se acaso.\n\n— Ben feito!",
    "Correu: nom@exemple.cat\tpreu: 3,50 € 😀 — «cometes» i més… 👩‍👩‍👧",
)


def build_model(*, tied: bool, heads: int = 2, kv_heads: int = 1, vocabulary: int) -> Transformer:
    """A model whose weights are larger than in training, so that likeliest tokens stand out."""
    config = ModelConfig(
        vocabulary=vocabulary,
        width=128,
        depth=2,
        heads=heads,
        kv_heads=kv_heads,
        head_width=64,
        hidden=256,
        context=96,
        tied=tied,
    )
    generator = torch.Generator().manual_seed(11)
    model = Transformer(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=1.5 / parameter.shape[1] ** 0.5, generator=generator)
            else:
                parameter.uniform_(0.5, 1.5, generator=generator)
    return model


def build_tokenizer() -> Tokenizer:
    """A tokenizer of a few hundred entries, of the kind the project trains."""
    return Tokenizer(train_bpe(SENTENCES * 3, 512))


def write_trained_folder(folder: Path, *, tied: bool = True, kv_heads: int = 1) -> Transformer:
    """Writes what pretrain and align leave behind, and returns the model."""
    tokenizer = build_tokenizer()
    model = build_model(tied=tied, kv_heads=kv_heads, vocabulary=tokenizer.vocabulary)
    folder.mkdir(parents=True)
    save_model(model, folder)
    tokenizer.save(folder)
    (folder / "training_log.jsonl").write_text('{"tokens": 1, "loss": 9.0}\n')
    return model
