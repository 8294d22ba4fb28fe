"""Custom actions of the assistant, served to the engine by rasa-sdk. Thin: what they know comes from `catalog`."""
