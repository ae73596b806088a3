"""Dashboards and annotations into a Grafana that others use too: what is there is compared first, and a person's change is kept."""
