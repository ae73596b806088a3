"""What keeps Grafana from being told, each with the sentence that a user reads."""


class GrafanaTrouble(Exception):
    """Grafana is away, refuses, or is no Grafana; the message says what was attempted and what to do. Nothing more is written."""


class Forbidden(GrafanaTrouble):
    """The service account may not (403)."""


class Contested(Exception):
    """Grafana has something else in the place (409), or somebody saved in between (412); only this one thing was not written."""


class BadDashboards(Exception):
    """The directory of dashboards holds none, or one that Grafana could not take; the message names the file."""
