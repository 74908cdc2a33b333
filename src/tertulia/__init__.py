"""An open platform to build language models for Spanish, Catalan, Valencian, Basque, Galician."""

__all__ = ["__version__"]

__version__ = "0.1.0"
