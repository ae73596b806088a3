"""What a promise is and how it is judged: pure values in, values out. No clock, no I/O; `now` is an argument."""
