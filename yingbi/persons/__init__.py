"""The lists of persons to tell: who can say who somebody is, and the files that hold them."""
