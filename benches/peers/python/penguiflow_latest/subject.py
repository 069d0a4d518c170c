"""PenguiFlow for Python as it is now."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import penguins

penguins.main("penguiflow_latest")
