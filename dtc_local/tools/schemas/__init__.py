"""Schemas of any dialect and draft to the one normal form that grammars, dataflow and world facts are made for."""
