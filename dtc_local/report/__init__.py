"""One offline HTML file about a run (to come)."""
