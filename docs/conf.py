"""Sphinx: MyST pages, and reference pages made from the code so that they cannot drift."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import reference_pages

import b2b_dvizhenie

project = "b2b_dvizhenie"
release = b2b_dvizhenie.__version__
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "b2b_dvizhenie"
exclude_patterns = ["_build"]
html_static_path: list[str] = []

reference_pages.write(Path(__file__).parent / "reference")
