"""One line per error code, in the reader's language; the detailed paragraph stays English.

Codes that come to the same for the reader share a line: each is translated five times.
"""

from __future__ import annotations

from tertulia.messages.catalogue import mark, tr

_NO_FILE = mark("A file is not there.")
_UNREADABLE = mark("A file is damaged or cannot be read.")
_NOT_UTF8 = mark("A file is not UTF-8 text.")
_NOT_WRITABLE = mark("A file or folder cannot be written.")
_NO_TEXT = mark("There is no text to work with.")
_RANKS_APART = mark("The training processes do not find each other.")
_TOO_LITTLE_TEXT = mark("There is too little text to train on.")
_SETTING = mark("A setting is out of its bounds.")
_RECIPE_VALUE = mark("A value in the recipe is not possible.")
_DOES_NOT_DIVIDE = mark("Two values of the recipe do not divide evenly.")
_NOT_INSTALLED = mark("An optional package is not installed.")
_NEWER = mark("This file was written by a newer tertulia.")
_SOURCE = mark("A source cannot be used.")
_ARTIFACT = mark("A finished stage is damaged.")
_UNFINISHED = mark("An earlier stage is not finished.")
_NOT_A_MODEL = mark("This model folder cannot be opened.")
_UNSUPPORTED_MODEL = mark("This kind of model is not supported.")
_UNSUPPORTED_TOKENIZER = mark("This kind of tokenizer is not supported.")
_CONVERSATION = mark("A conversation is not written as it should be.")
_MEMORY = mark("There is too little memory for this step.")

SUMMARIES: dict[str, str] = {
    "cli.no-file": _NO_FILE,
    "cli.no-prompt": _NO_TEXT,
    "cli.not-utf8": _NOT_UTF8,
    "cli.not-writable": _NOT_WRITABLE,
    "cli.stopped": mark("The run was stopped; what is finished is kept."),
    "compute.already-queued": mark("A job of this run is still in the queue."),
    "compute.job-refused": mark("The cluster does not take the job."),
    "compute.no-cuda": mark("There is no GPU that can be used."),
    "compute.no-dask": _NOT_INSTALLED,
    "compute.no-job": mark("There is no such job in the queue."),
    "compute.no-device": mark("There is no GPU that can be used."),
    "compute.no-profile": mark("There is no such machine profile."),
    "compute.no-slurm": mark("This machine has no Slurm."),
    "compute.no-slurm-table": mark("This machine profile does not describe a cluster."),
    "compute.no-submission": mark("This run was never submitted."),
    "compute.no-task": mark("Machines have different versions of tertulia."),
    "compute.slurm-silent": mark("Slurm does not answer."),
    "compute.worker-died": mark("Worker processes were killed."),
    "corpus.bad-field": mark("A field of a document holds something that it cannot."),
    "corpus.bad-index": mark("An index of evaluation texts cannot be used."),
    "corpus.bad-opt-out": mark("The opt-out list cannot be understood."),
    "corpus.bad-row": _UNREADABLE,
    "corpus.bad-suite": _UNREADABLE,
    "corpus.bad-tdmrep": _UNREADABLE,
    "corpus.damaged": _UNREADABLE,
    "corpus.dropped-too-much": mark("More documents would be left out than the recipe allows."),
    "corpus.empty": _NO_TEXT,
    "corpus.encrypted": _UNREADABLE,
    "corpus.language-id-damaged": _UNREADABLE,
    "corpus.missing": _NO_FILE,
    "corpus.missing-extra": _NOT_INSTALLED,
    "corpus.no-such-document": mark("There is no such document."),
    "corpus.no-such-part": mark("The corpus has no such part."),
    "corpus.no-such-run": mark("There is no such run, or it has no corpus yet."),
    "corpus.no-suite-text": _NO_TEXT,
    "corpus.no-text": mark("Documents have no field with their text."),
    "corpus.no-text-inside": _NO_TEXT,
    "corpus.not-json": _UNREADABLE,
    "corpus.not-utf8": _NOT_UTF8,
    "corpus.too-few-permutations": _RECIPE_VALUE,
    "corpus.too-large": _UNREADABLE,
    "corpus.too-little-memory": _MEMORY,
    "corpus.truncated": _UNREADABLE,
    "corpus.unknown-split": mark("A document names a split that does not exist."),
    "corpus.unreadable": _UNREADABLE,
    "evaluate.empty-text": _NO_TEXT,
    "evaluate.no-held-out": mark("There is no held-out text to measure with."),
    "evaluate.not-unicode": _NOT_UTF8,
    "evaluate.seen-out-of-range": _ARTIFACT,
    "evaluate.xz-failed": mark("The xz baseline could not be computed."),
    "inference.empty-prompt": _NO_TEXT,
    "inference.setting": _SETTING,
    "languages.unknown": mark("This language is not one of those that tertulia knows."),
    "model.config-key": _NOT_A_MODEL,
    "model.file-unreadable": _NOT_A_MODEL,
    "model.gguf-damaged": _NOT_A_MODEL,
    "model.head-width": _RECIPE_VALUE,
    "model.heads": _DOES_NOT_DIVIDE,
    "model.not-found": mark("There is no such model."),
    "model.not-llama": _UNSUPPORTED_MODEL,
    "model.not-released": mark("This run has no finished model yet."),
    "model.pickled-weights": mark("These weights could run a program, so they are not opened."),
    "model.rope-scaling": _UNSUPPORTED_MODEL,
    "model.too-few-rows": mark("The model and the tokenizer do not fit together."),
    "model.weights-differ": mark("The model's weights do not fit its configuration."),
    "model.weights-unreadable": _NOT_A_MODEL,
    "pipeline.no-stage": mark("There is no such stage."),
    "pipeline.only-and-until": mark("These two options exclude each other."),
    "pipeline.upstream-missing": _UNFINISHED,
    "recipe.absolute-path": mark("A recipe may not name an absolute path."),
    "recipe.base-contradicts": mark("A key of the recipe contradicts its base model."),
    "recipe.base-not-installed": _NOT_INSTALLED,
    "recipe.batch-does-not-divide": _DOES_NOT_DIVIDE,
    "recipe.both-names": mark("A key is there under its old and its new name."),
    "recipe.heads-do-not-divide": _DOES_NOT_DIVIDE,
    "recipe.lora-useless": _RECIPE_VALUE,
    "recipe.missing-key": mark("A key is missing."),
    "recipe.missing-protocol": _NOT_INSTALLED,
    "recipe.model-shape": _RECIPE_VALUE,
    "recipe.named-twice": mark("Something is named twice in the recipe."),
    "recipe.newer-schema": _NEWER,
    "recipe.no-file": mark("There is no such recipe."),
    "recipe.no-schema": mark("The file does not say which schema it follows."),
    "recipe.no-source": mark("There is no source of this name."),
    "recipe.no-such-source": _RECIPE_VALUE,
    "recipe.not-downloaded": mark("A source could not be downloaded."),
    "recipe.not-utf8": _NOT_UTF8,
    "recipe.schedule-too-long": _RECIPE_VALUE,
    "recipe.source-empty": _SOURCE,
    "recipe.source-missing": _SOURCE,
    "recipe.source-unreadable": _SOURCE,
    "recipe.syntax": mark("The file is not valid TOML."),
    "recipe.too-few-tokens": mark("The recipe asks for too few tokens."),
    "recipe.unknown-key": mark("There is no such key."),
    "recipe.unknown-size": mark("There is no such model size."),
    "recipe.url-source": mark("A URL has its place in `sources.toml`."),
    "recipe.wrong-type": mark("A value is of the wrong type."),
    "recipe.wrong-value": _RECIPE_VALUE,
    "release.file-unreadable": _UNREADABLE,
    "release.folder-incomplete": _NOT_A_MODEL,
    "release.name": mark("A release cannot have this name."),
    "release.no-corpus": _UNFINISHED,
    "release.not-llama": _UNSUPPORTED_MODEL,
    "release.results-schema": _NEWER,
    "release.stage-missing": _UNFINISHED,
    "release.tokenizer-unsupported": _UNSUPPORTED_TOKENIZER,
    "store.bad-latest": _ARTIFACT,
    "store.bad-manifest": _ARTIFACT,
    "store.bad-submission": _UNREADABLE,
    "store.disk-full": mark("The disk is full."),
    "store.locked": mark("Another process is building in this run folder."),
    "store.newer-manifest": _NEWER,
    "store.no-locks": mark("This file system cannot lock a run folder."),
    "store.no-manifest": _ARTIFACT,
    "store.not-a-folder": _NOT_WRITABLE,
    "store.not-shared": mark("The processes do not see the same disk."),
    "store.not-writable": _NOT_WRITABLE,
    "store.odd-file": _ARTIFACT,
    "store.payload-changed": _ARTIFACT,
    "store.wrong-key": _ARTIFACT,
    "tokenizer.bad-message": _CONVERSATION,
    "tokenizer.damaged": mark("The tokenizer's files are damaged."),
    "tokenizer.gguf-kind": _UNSUPPORTED_TOKENIZER,
    "tokenizer.missing": mark("This folder holds no tokenizer."),
    "tokenizer.missing-extra": _NOT_INSTALLED,
    "tokenizer.no-chat-template": _UNSUPPORTED_TOKENIZER,
    "tokenizer.no-end": _UNSUPPORTED_TOKENIZER,
    "tokenizer.no-text": _NO_TEXT,
    "tokenizer.not-parallel": mark("Files that should hold the same text do not."),
    "tokenizer.not-text": _NOT_UTF8,
    "tokenizer.unreadable": _UNSUPPORTED_TOKENIZER,
    "train.batch-does-not-divide": mark("The batch cannot be shared evenly by the processes."),
    "train.context-too-long": _RECIPE_VALUE,
    "train.corrupt-checkpoint": mark("A checkpoint is damaged."),
    "train.damaged-shard": _ARTIFACT,
    "train.diverged": mark("Training diverged."),
    "train.epochs-used-up": _TOO_LITTLE_TEXT,
    "train.missing-extra": _NOT_INSTALLED,
    "train.no-conversations": mark("There are no conversations to learn from."),
    "train.no-preferences": mark("There are no pairs of answers to learn from."),
    "train.no-text": _NO_TEXT,
    "train.not-a-conversation": _CONVERSATION,
    "train.not-a-preference": _CONVERSATION,
    "train.pair-too-long": mark("Two sentences that belong together are too long."),
    "train.rank-lost": mark("A training process was lost; the last checkpoint is kept."),
    "train.ranks-apart": _RANKS_APART,
    "train.ranks-unclear": _RANKS_APART,
    "train.stopped": mark("Training was stopped and its progress is saved."),
    "train.too-little-text": _TOO_LITTLE_TEXT,
}

_UNLISTED = mark("Something is wrong with the input or the machine.")


def summary_of(code: str) -> str:
    """What an error of `code` is about; a general line for a code that lacks one."""
    return tr(SUMMARIES.get(code, _UNLISTED))
