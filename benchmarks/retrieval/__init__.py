"""Questions with known passages among thousands of others, in six languages."""
