"""Builds `tertulia/shipped/starter` and `tertulia/shipped/instructions` from the shared data."""
