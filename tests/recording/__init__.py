"""Tests of scripts/record.py and what it is made of; `python -m unittest discover -t . -s tests/recording`."""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
