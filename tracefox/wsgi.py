"""The web process: gunicorn loads `application` from here."""

import os

from django.core.wsgi import get_wsgi_application

from tracefox import keyholders

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracefox.settings")
application = get_wsgi_application()
keyholders.refuse_to_serve()
