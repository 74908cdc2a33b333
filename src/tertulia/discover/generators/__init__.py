"""Generators of candidates: fragment assembly, a genetic algorithm, a language model."""
