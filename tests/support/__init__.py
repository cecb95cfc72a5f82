"""What tests share: a scripted agent, a library in memory, and a user's language over Pilot."""
