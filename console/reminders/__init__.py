"""What waits for a person: the numbers in the menu, and a letter in the morning to those who gave an address."""
