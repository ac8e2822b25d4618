"""How the nodes of a cluster share what has to be done: procrastinate on the office's own PostgreSQL, and nothing besides.

`bell`: the jobs and how often each comes. `workers`: the loop that takes them up. Jobs are hints: whatever has to be done is a
row of ours, so that a job lost, repeated or rung twice changes nothing.
"""
