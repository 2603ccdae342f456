"""Small tools without a word of the domain: errors, text, the clock, JSON.

What may live here: code that could be lifted into another project as it is. It imports nothing of
PyForest.
"""
