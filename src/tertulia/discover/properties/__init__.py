"""Property models of molecules: predictions with intervals, and where nothing is known."""
