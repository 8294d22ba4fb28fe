"""What every product package stands on: settings, clock, database, logging. Imports nothing of the product."""
