"""Physics: what candidates are computed by, from a force field to density functionals."""
