"""The CLI's environment variables that Redraft sets or reads."""

from typing import Final

CONFIG_FOLDER: Final = "CLAUDE_CONFIG_DIR"
NO_EXTRAS: Final = "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"
RETRIES: Final = "CLAUDE_CODE_MAX_RETRIES"
STREAM_SILENCE_MS: Final = "CLAUDE_BYTE_STREAM_IDLE_TIMEOUT_MS"
API_TIMEOUT_MS: Final = "API_TIMEOUT_MS"
KEYS: Final = {
    "ANTHROPIC_API_KEY": "API key",
    "ANTHROPIC_AUTH_TOKEN": "access token",
    "CLAUDE_CODE_OAUTH_TOKEN": "access token",
    "CLAUDE_CODE_USE_BEDROCK": "Amazon Bedrock",
    "CLAUDE_CODE_USE_VERTEX": "Google Vertex AI",
    "CLAUDE_CODE_USE_FOUNDRY": "Microsoft Foundry",
}
"""Variables that count as a login, with the name for each on the screen."""
KEEP_TRANSCRIPTS: Final = "cleanupPeriodDays"
"""A setting, not a variable: the age in days at which Claude Code deletes transcripts."""
