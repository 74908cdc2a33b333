"""What a campaign found as pages in six languages and files for programs; `folder` writes it."""
