"""Local stand-ins of the remote services: over real HTTP, as strict as the documents, without a key.

The tests hold every adapter against them; with LOUPE_DEMO_PROVIDERS=1 they answer inside the app.
"""
