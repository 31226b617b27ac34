"""Personal data in what people write: numbers that prove themselves, and suspects that a person has to look at."""
