"""Text <-> token ids: byte-level BPE, reserved ids, the chat template.

Nothing heavy is imported here: name the submodule that holds what you need.

stage       the stage: `run`
tokenizer   `Tokenizer`, `load_tokenizer`
special     the reserved ids
chat        the chat template
opened      any tokenizer file, to be measured: `open_tokenizer`
metrics     figures of a tokenizer on texts: `measure`, `parity`
morphemes   agreement with endings: `boundary_agreement`
superwords  a second tokenizer with pairs of words: `with_superwords`
transplant  embeddings carried to another vocabulary: `transplant`
"""
