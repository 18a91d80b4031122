"""The app as it is, but its renderer takes few samples: a walk asks that pictures come, not how little noise they have.

python tests/e2e/coarse.py run app.py ...       # as `streamlit run app.py ...`
"""

import sys
from dataclasses import replace

from streamlit.web.cli import main

from pipeline.atelier.render import film

film.DRAFT = film.STANDARD = film.FINE = replace(
    film.DRAFT, metal=1, clear=1, coated=1, target_error=1.0, extra=4
)

if __name__ == "__main__":
    sys.exit(main())
