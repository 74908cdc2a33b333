"""The server: API, retrieval and answers that cite."""
