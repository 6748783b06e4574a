"""Local and served models: what each task's backend must do, how models are loaded, kept, guarded and chosen."""
