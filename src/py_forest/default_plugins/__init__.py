"""The parts of PyForest that are plugins like any other.

What may live here: modules of hook implementations, each named in
`plugins.manager.DEFAULT_PLUGINS`. They may import everything below the command line; nothing
imports them.
"""
