"""Full-screen views and dialogs: each is given values and returns one."""
