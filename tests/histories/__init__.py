"""Histories of machines in every phase, as they were recorded once: every later version must still replay them.

They are recorded with encryption off, of made-up cases. `python -m tests.histories.record` records them anew.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
