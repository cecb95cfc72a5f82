"""A loopback Messages API with a scripted writer: for `--demo` and the tests."""
