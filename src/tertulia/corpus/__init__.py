"""Sources become documents, documents a corpus: two stages, each made of small steps.

Nothing heavy is imported here: name the submodule that holds what you need.

documents_stage   sources -> read, cleaned, described (annotation names the steps, in order)
stage             documents -> judged, freed of copies, split and mixed (decision, settling)
readers           files of a source, whatever their format -> frames of documents
language_id, personal_data, quality, contamination, policy, normalise   what describes
duplicates        repeated lines, equal and nearly equal texts, and which copy stays
ledger, drops     what was dropped, counted and by name
artifact, card    the finished corpus: reading it, and what it says of itself
document, step    the contracts
"""
