"""Measures of the promises in docs/performance.md, each beside what one would use instead.

`python -m bench` (or `make bench`) runs them; nothing here is part of the package.
"""
