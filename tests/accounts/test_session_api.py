async def test_first(desk, admin):
    a = await admin.get("/session")
    assert a.status_code == 200
    for path in ["/me/sessions", "/people", "/people/brief", "/teams", "/brands", "/api-keys"]:
        a = await admin.get(path); assert a.status_code == 200
    a = await admin.post("/people", {"email":"x@y.z","name":"X","role":"agent","team_ids":[1]}); assert a.status_code==201
    a = await admin.delete("/session"); assert a.status_code==204, a.text
