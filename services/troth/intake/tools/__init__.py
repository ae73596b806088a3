"""The tools that Troth knows by itself, one file each, with the same names in the same order: read them side by side.

NAME, PERSONS (fields that name people), HEADERS (that `map_delivery` reads), DATES (what `dates_from` may name; None: any field),
`verify` and `map_delivery`; `clean` where what is kept of a delivery needs more than PERSONS, and `greet` where the tool asks first
whether the address is ours.
"""
