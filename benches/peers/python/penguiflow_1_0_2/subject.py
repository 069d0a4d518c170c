"""PenguiFlow 1.0.2, which this library follows."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import penguins

penguins.main("penguiflow_1_0_2")
