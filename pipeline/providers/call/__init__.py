"""What every remote call goes through: connection, HTTP, tasks, cache, prices."""
