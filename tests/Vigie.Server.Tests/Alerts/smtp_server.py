"""A mail server for tests: prints its port, then every message as a line of JSON. Ends when its input does."""
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

settings = json.loads(sys.argv[1])


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in settings["refused"]:
            return settings["refused"][address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": base64.b64encode(envelope.original_content).decode("ascii"),
            "tls": session.ssl is not None or settings["implicit"],
            "user": session.auth_data,
        }), flush=True)
        return settings["answer"]


def authenticate(server, session, envelope, mechanism, data):
    user, password = data.login.decode(), data.password.decode()
    good = (user, password) == (settings["user"], settings["password"])
    return AuthResult(success=good, handled=False, auth_data=user)


async def main():
    context = None
    if settings["certificate"]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(settings["certificate"], settings["key"])

    def protocol():
        return SMTP(
            Handler(), hostname="localhost", ident="test", loop=asyncio.get_running_loop(), enable_SMTPUTF8=True,
            tls_context=None if settings["implicit"] else context, require_starttls=bool(context) and not settings["implicit"],
            auth_required=settings["user"] is not None, auth_require_tls=not settings["implicit"] and settings["user"] is not None,
            authenticator=authenticate)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=context if settings["implicit"] else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
