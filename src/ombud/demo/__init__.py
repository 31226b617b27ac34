"""The demo desk: a shop for home appliances whose customers, tickets and talks were made up by us.

`loader` fills an empty database with 90 days of history; `live` lets customers write in and colleagues answer while
somebody looks around. The texts stand in `scenes/*.toml`, the people and products in `world/*.toml`. Nothing here
runs unless the desk was started with `--demo`.
"""
