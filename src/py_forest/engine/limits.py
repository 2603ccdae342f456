"""How large a definition may be. Everything within is promised to work; one more is refused."""

from __future__ import annotations

MAX_NODES = 1_000_000
"""Nodes of a tree, after every `$ref` is expanded."""
MAX_DEPTH = 1_000
"""Levels of a tree; the root is level 1."""
MAX_DOCUMENT_BYTES = 512 * 1024 * 1024
MAX_JSON_DEPTH = 4_096
"""Objects and lists inside one another in a document."""
MAX_CONTAINERS = 6_000_000
"""Objects and lists of a document: the nodes, their configurations and their lists of children."""
MAX_VALUES = 32_000_000
"""Entries of all objects and lists of a document."""
MAX_STRING = 1024 * 1024
"""Characters of one string."""
MAX_EXPRESSION_BYTES = 64 * 1024
MAX_VALUE_DEPTH = 64
MAX_SUBTREES = 10_000
MAX_VARIABLES = 100_000
MAX_PARAMETERS = 10_000
MAX_KEY = 256
"""Characters of a variable's name."""
MAX_NODE_ID = 128
"""Characters of a `node_id`."""
MAX_PROBLEMS = 1_000
"""Problems that are listed; the rest is counted."""
