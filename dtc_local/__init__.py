"""Writes multi-turn tool-calling conversations from tool specifications, offline, with a grammar on every step.

Importing the package is instant: whatever is heavy (llama.cpp, Outlines, NumPy) is imported where it is used.
"""

__version__ = "0.3.0"
