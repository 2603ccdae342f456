"""What developers of PyForest run; no part of the package."""
