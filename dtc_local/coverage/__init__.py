"""Coverage: what a run's conversations show so far, and what the next ones should.

A conversation is drawn before a model runs, and its draw prefers what the run lacks: tools, parameters, listed values,
dataflow edges, and kinds of turns. `tally` says what one conversation shows, `counts` adds it up for a run, `quota`
turns a mix of kinds into the kinds needed next, `window` fixes what conversation k may know of those before it, and
`table` says what a stored run came to.
"""

from dtc_local.coverage.counts import Coverage, Worth
from dtc_local.coverage.tally import Fate, Tally, fate_of, planned
from dtc_local.coverage.window import LAG, Window

__all__ = ["LAG", "Coverage", "Fate", "Tally", "Window", "Worth", "fate_of", "planned"]
