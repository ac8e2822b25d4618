"""The gate: a stranger's file is read in a child process that has little memory, little time and nothing to lose."""
