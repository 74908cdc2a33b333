"""Molecules: how they are written, which acid belongs to which anion, which family it is of."""
