"""The HTTP API: the same workbench, orders, jobs and caps as the pages, for programs.

`application` builds it; the server mounts it under `/api`. Whoever may work is decided in `access`, what an error looks
like in `problems`, what a body may say in `bodies`; the routes stand in `work`, `watching`, `reading` and `operator`.
"""
