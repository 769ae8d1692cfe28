"""Every text a person reads, once by code in every language: messages (§4.13), the timeline, labels, refusals."""
