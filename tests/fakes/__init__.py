"""Hand-written fakes and samples that tests share."""
