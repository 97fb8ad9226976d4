"""How many people each caller was shown: judged in one process for all workers, or in one database for all hosts."""
