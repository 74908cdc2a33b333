"""Documents: originals, extracts, chunks and their indexing.

document         what a document is once it is read: text, pages, headings, chunks
originals        the files as they were given, by their digest
extract          a file becomes text: formats, reading, isolation and one reader per format
structured_text  puts a text together so that its places are right
chunk            passages to search: units, sentences
indexing         the worker; folder keeps a collection like a folder
"""
