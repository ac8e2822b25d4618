"""The commands of `jiban`, one file each: what it is given, which use case it calls, how the answer is shown."""
