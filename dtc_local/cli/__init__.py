"""The command line: each command parses, calls one library function and prints.

Product goes to standard output, talk and progress to standard error. Exit codes: 0 done, 1 something the user can mend
(one sentence, no traceback), 2 wrong usage, 3 ended short of what was asked for, 130 interrupted.
"""

from __future__ import annotations

from dtc_local.cli.main import cli, main

__all__ = ["cli", "main"]
