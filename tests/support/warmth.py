"""What every forked portal would else make again for two seconds: one application, and every template compiled.

The fork server loads this module last. Applications of forked children are their own; what they inherit is what a
process makes once, whatever its settings: compiled templates, imported plugins. Frozen, nothing of it is walked through
by the collector of a child, which would copy its memory.
"""

import gc

from b2b_dvizhenie.entrypoints.container import build
from b2b_dvizhenie.entrypoints.http.app import create_app
from b2b_dvizhenie.entrypoints.settings import Settings

create_app(build(Settings(), "postgresql:///nowhere")).state.site.renderer.warm_up()
gc.collect()
gc.freeze()
