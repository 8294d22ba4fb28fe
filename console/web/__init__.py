"""What all pages share: templates, who may do what, errors, messages after an action."""
