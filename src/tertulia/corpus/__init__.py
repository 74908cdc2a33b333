"""Sources become documents: read, normalised, filtered, freed of duplicates, split and mixed.

Nothing heavy is imported here: name the submodule that holds what you need.

stage       the stage: `run`
artifact    reading the finished corpus: `read_documents`, `document_files`
document    the Document contract: schema, identities
readers     files of a source -> batches of rows
ledger      what was dropped, by step, reason, language and source
"""
