"""The writing engine: season arc, episode plan and screenplay from templates, screenplay import, context packs."""
