"""Spreadsheets: written by XlsxWriter, read by calamine in a child process with bounds of memory and time.

A workbook of a few kilobytes can make a reader ask for hundreds of gigabytes; what asks too much dies alone.
"""

from b2b_dvizhenie.adapters.spreadsheets.files import XlsxSheets

__all__ = ["XlsxSheets"]
