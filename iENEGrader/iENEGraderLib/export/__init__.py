"""What leaves the project: the report of a case."""

from iENEGraderLib.export.report import report_html, write_report
from iENEGraderLib.export.report_content import ImageOrigin, MeasuredBy, Provenance, ReportFigure, ReportImage

__all__ = ["ImageOrigin", "MeasuredBy", "Provenance", "ReportFigure", "ReportImage", "report_html", "write_report"]
