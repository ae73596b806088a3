"""A delivery's bytes and headers in, CloudEvents out. Pure: no clock, no I/O; `now` is an argument."""
