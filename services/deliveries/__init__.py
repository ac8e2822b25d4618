"""What leaves the office for other systems: who is told what, and that each message arrives, in order.

`endpoints`, `subscriptions`: the book of who is told. `handing`: facts of the outbox become deliveries in lanes. `outgoing`
takes the lanes up; `sending` says how one goes, `leaving` what it says. `dead_letters`, `health`, `probing`: for the person who
looks after it. `platform_endpoints`: a platform is told through the same lanes. The wire itself is `webhooks`.
"""
