"""Those of the demo's hall, for another application."""

from deploy.demo.hall import settings as _hall

globals().update({name: getattr(_hall, name) for name in dir(_hall) if name.isupper()})
INSTALLED_APPS = ["tests.e2e.keyed.apps.KeyedConfig", *_hall.INSTALLED_APPS[1:]]
