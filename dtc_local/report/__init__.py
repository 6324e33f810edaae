"""A run as one HTML file: yield, cost, coverage, shapes, dataflow, and every conversation with its provenance.

    data.py       one pass over the stored conversations; each counter below sees every case once
    page.py       data, style and script inlined into page.html under a policy that forbids every connection

What a page shows is counted here; the script in `scripts/` draws it and counts nothing itself.
"""

from dtc_local.report.data import PART, ReportData, report_data
from dtc_local.report.page import report_page

__all__ = ["PART", "ReportData", "report_data", "report_page"]
