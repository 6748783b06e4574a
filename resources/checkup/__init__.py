"""What a deployment needs to work, checked before it has to: each check names what is wrong and what to do about it."""
