# What nanobind's stub generator cannot know.

KINDS$:
    KINDS: dict[str, int]

Execution.__del__$:

