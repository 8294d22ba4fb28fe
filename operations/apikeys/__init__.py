"""Keys by which other systems come in: hashed, with scopes, each with its own pace, creation and revocation audited."""
