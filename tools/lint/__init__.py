"""House checks that no linter off the shelf makes; `python -m tools.lint` runs them all.

Each check is a pure function of one file's path and text. A check may import only the standard
library and `tools.lint.offence`.
"""
