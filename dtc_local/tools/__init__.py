"""Tool specifications in: dialect readers, normal form, dataflow graph.

from dtc_local.tools import read_files
tools = read_files(["tickets.json"]).tools
"""

from dtc_local.tools.files.gather import FileFinding
from dtc_local.tools.importer import ImportResult, read_files, read_python

__all__ = ["FileFinding", "ImportResult", "read_files", "read_python"]
