"""What `scripts/bench` measures and against whom: one file a way, and the workload, models and table that they share.

Every way runs in a process of its own, one after the other, so that none inherits another's libraries, environment or
memory. `workload` says what is asked, `weights` on which models, `ways` who answers, `report` what came of it.
"""
