"""The shapes that cross a boundary: tree definitions, node types, statuses, and the wire models.

What may live here: values without behaviour. The tree side (`status`, `nodes`, `trees`) is plain
dataclasses, so that importing PyForest stays quick; the wire side is pydantic. Import each module
by its own name; this package imports none of them. It may import `kit` only.
"""
