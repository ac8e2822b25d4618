"""Placeholder to be written."""
from __future__ import annotations
def check_soundness(findings, process): 
    pass
