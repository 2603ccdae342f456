"""The only door to the native engine."""
