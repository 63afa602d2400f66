"""Tests of the scripts that make tapes and findings; `python -m unittest discover -t . -s tests/corpus`."""
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
