"""Certificates of test results that others can check: signed EU-DCC test entries, as a PDF with a QR code."""
