"""Makes the shipped model of sentence vectors from parallel text and a teacher."""
