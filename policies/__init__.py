"""The policy language and what it compiles to: recognisers, transforms, maskers. Imports no other package of ours."""
