"""Cases: complaints and suggestions (راقبني), from filing to the measure taken, and what they say about agents."""
