"""Words that tell a good translation from a near miss."""

from __future__ import annotations

VALENCIAN = {
    "afegeix": "afig",
    "amplada": "amplària",
    "aqueixa": "eixa",
    "aqueix": "eixe",
    "aquest": "este",
    "aquesta": "esta",
    "aquestes": "estes",
    "aquests": "estos",
    "avui": "hui",
    "canviï": "canvie",
    "construeix": "construïx",
    "corregeix": "corregix",
    "decideix": "decidix",
    "defineix": "definix",
    "digui": "diga",
    "divideix": "dividix",
    "enrere": "arrere",
    "existeix": "existix",
    "llegeix": "llig",
    "meva": "meua",
    "mida": "grandària",
    "ofereix": "oferix",
    "petit": "xicotet",
    "petita": "xicoteta",
    "petites": "xicotetes",
    "petits": "xicotets",
    "produeix": "produïx",
    "pugui": "puga",
    "repeteix": "repetix",
    "segueix": "seguix",
    "serveis": "servicis",
    "servei": "servici",
    "serveix": "servix",
    "seva": "seua",
    "seves": "seues",
    "sigui": "siga",
    "sortida": "eixida",
    "tenir": "tindre",
    "teva": "teua",
    "tingui": "tinga",
    "venir": "vindre",
    "vuit": "huit",
    "vulgui": "vulga",
}
"""What `ca` may say -> what `ca@valencia` says in its place."""

VALENCIAN_ONLY = {
    "afig", "amplària", "arrere",
    "dividix", "eixe", "eixida", "este", "existix", "estes", "estos", "hui", "huit", "llig",
    "meua", "seguix", "servici", "servicis", "servix", "seua", "seues", "teua", "tindre",
    "vindre", "xicotet", "xicoteta", "xicotets",
}  # fmt: skip
"""Forms that would be out of place in `ca`."""

_ROMANCE = {"Bytes", "Corpus", "{tokens} tokens"}
_CATALAN = {
    *_ROMANCE, "Bytes per token", "Context", "Documents", "Model", "Text", "bits per byte",
    "documents", "gradients", "{bits:.4f} bits per byte", "{documents} documents",
}  # fmt: skip

BORROWED: dict[str, set[str]] = {
    "ca": _CATALAN,
    "ca@valencia": _CATALAN,
    "es": _ROMANCE,
    "gl": _ROMANCE,
}
"""Per language, messages that are rightly the same as in English."""
