"""The groups of commands, a module each: `add` names them to the parser. Imports stand in the commands."""
