"""PyForest: behaviour trees as data, run by one native engine."""
