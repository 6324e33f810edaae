"""Views of the dataflow graph: lines of text, JSON, DOT for Graphviz, and one HTML file that needs no network.

A view is a function from tools and the edges shown to one text. All take edges of many namespaces, surest first.
"""

from dtc_local.tools.dataflow.views.dot import dot
from dtc_local.tools.dataflow.views.page import page
from dtc_local.tools.dataflow.views.plain import as_json, lines
from dtc_local.tools.dataflow.views.selection import Grapher, Shown, shown_edges

__all__ = ["Grapher", "Shown", "as_json", "dot", "lines", "page", "shown_edges"]
