"""Pages for people, rendered by the server: a document with the cited passage marked."""
