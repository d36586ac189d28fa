"""The site: ``sphinx-build -W -b html docs docs/_build``. Warnings fail, and nothing is fetched when a page is read."""

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import generate  # noqa: E402  (beside this file)

project = "unilosses"
author = "the unilosses contributors"
version = release = version_of("unilosses")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "sphinx-mathjax-offline",
]
exclude_patterns = ["_build"]

myst_enable_extensions = ["dollarmath", "deflist", "attrs_inline"]
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_member_order = "bysource"
python_maximum_signature_line_length = 88
toc_object_entries = False

html_theme = "furo"
html_title = "unilosses"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}
# Long formulas break at the commas between their parts; what is still too long scrolls (custom.css).
mathjax3_config = {"chtml": {"scale": 0.95}, "options": {"enableMenu": False}}


def setup(app):
    """Write the generated pages first; Sphinx then finds them like any other."""
    app.connect("builder-inited", lambda app: generate.write(Path(app.srcdir) / "generated"))
    app.connect("autodoc-process-docstring", generate.as_restructured_text)
