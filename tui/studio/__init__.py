"""What Redraft does, without a screen: the library, its conversations, and the ports they need."""
