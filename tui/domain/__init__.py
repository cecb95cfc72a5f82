"""Values and rules of Redraft: pure, frozen, without I/O, event loop or framework."""
