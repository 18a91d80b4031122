"""From words to a spec and back: the reader of prompts, in five languages."""
