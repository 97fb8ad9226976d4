"""The demo's register of residents: people who do not exist, in a database that an unmodified Datasette serves."""
