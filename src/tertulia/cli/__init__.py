"""The command line: one file per verb, nothing but argument parsing and printing."""

from tertulia.cli.app import build_command, main

__all__ = ["build_command", "main"]
