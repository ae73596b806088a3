"""The peer of POST /v1/events: a FastAPI route that reads the body and answers 202, served with the same settings of uvicorn."""

import socket

import uvicorn
from fastapi import FastAPI, Request, Response

app = FastAPI()


@app.post("/v1/events")
async def take(request: Request) -> Response:
    await request.body()
    return Response(b"{}", 202, media_type="application/json")


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", 0), backlog=2_048)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, access_log=False, log_level="warning", server_header=False, loop="uvloop", http="httptools")
    uvicorn.Server(config).run(sockets=[listening])
