"""«بياناتي»: what is kept about a citizen, shown or deleted at the citizen's own request."""
