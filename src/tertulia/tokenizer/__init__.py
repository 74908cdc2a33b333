"""Text <-> token ids: byte-level BPE, reserved ids, the chat template.

Nothing heavy is imported here: name the submodule that holds what you need.

stage       the stage: `run`
tokenizer   `Tokenizer`, `load_tokenizer`
special     the reserved ids
chat        the chat template
"""
