"""What a run came to, in figures: mix asked and met, coverage, yield, solve rates, contradictions, judge and rules.

Counted in one pass over the stored conversations, one of them in memory at a time. Figures cover what the run's counts
cover: conversations beyond the last one wanted are no part of them.
"""

from dtc_local.statistics.run import run_statistics
from dtc_local.statistics.tables import tables

__all__ = ["run_statistics", "tables"]
