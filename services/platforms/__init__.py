"""What upstream platforms and the office tell each other of a case (domain.md §5.8).

`applications`: a submission opens exactly one case. `callbacks`: what else they send, kept before it is understood;
`correlating` says which case is meant, `acts` does it. `statuses`: what they are told. `shared_secrets`: what both sides sign
with. What a platform calls its fields and codes is a file of the shelf.
"""
