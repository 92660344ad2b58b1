"""The laws of the tree, each a function from the tree to a list of findings, one line each."""
