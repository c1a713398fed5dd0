import httpx

url = httpx.URL("http://user:secret@EXAMPLE.com:80/a/../b?x=1 2#frag")
print(url, repr(url), url.host, url.port, url.path, url.query, url.fragment, url.userinfo)
print(url.join("../c?d"), url.copy_with(path="/z", port=8080), url.copy_merge_params({"y": "ä"}))
print(httpx.URL("http://münchen.de/").raw_host, httpx.URL("http://xn--mnchen-3ya.de").host)
print(httpx.QueryParams({"a": [1, None, True], "b": "x y"}), httpx.QueryParams("a=1&a=2").get_list("a"))
headers = httpx.Headers([("Accept", "a"), ("accept", "b"), ("Authorization", "secret")])
print(headers, headers["ACCEPT"], headers.raw)
print(httpx.Timeout(5, connect=1), httpx.Limits(max_connections=3), httpx.codes.NOT_FOUND == 404)
print(httpx.Request("POST", "http://h", data={"a": [1, 2]}).content, httpx.Request("POST", "http://h", json=[1]))

def handler(request):
    return httpx.Response(200, json={"path": request.url.path, "auth": request.headers.get("authorization")})

with httpx.Client(transport=httpx.MockTransport(handler), auth=("u", "p")) as client:
    print(client.get("http://h/x").json())

form = httpx.Request("POST", "http://h", files={"f": ('a"\n.txt', b"data")}, data={"k": "v"},
                     headers={"content-type": "multipart/form-data; boundary=B"})
print(form.read().decode())
