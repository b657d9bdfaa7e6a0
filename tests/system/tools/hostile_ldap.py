"""An LDAP server with TLS that accepts every bind and then sends what a server must not.

hostile_ldap.py MODE PORT CERTIFICATE KEY

MODE flood: entries of 100 kB, without an end; many: small ones likewise; huge: one entry that is
announced with 2 GB; silent: nothing, and no request is read after a search.
"""
import os
import socketserver
import ssl
import sys
import time

MODE = sys.argv[1]


# ---- BER (ITU-T X.690) ----

def length(n):
    if n < 0x80:
        return bytes([n])
    text = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(text)]) + text


def element(tag, *parts):
    body = b"".join(parts)
    return bytes([tag]) + length(len(body)) + body


def message(number, op):
    return element(0x30, element(2, number.to_bytes(4, "big")), op)


def octets(text):
    return element(4, text)


def read_element(f):
    tag = f.read(1)
    if not tag:
        raise EOFError
    n = f.read(1)[0]
    if n & 0x80:
        n = int.from_bytes(f.read(n & 0x7f), "big")
    return tag[0], f.read(n)


def result(tag, *more):
    return element(tag, element(10, b"\0"), octets(b""), octets(b""), *more)


# ---- entries ----

def entry(name, **attributes):
    values = b"".join(element(0x30, octets(key.encode()), element(0x31, octets(value)))
                      for key, value in attributes.items())
    return element(0x64, octets(name), element(0x30, values))


def chunk(data, sheet=b"fleet"):
    dn = b"rbacHash=%d,rbacSheetName=fleet,ou=sheets,dc=example" % time.monotonic_ns()
    return entry(dn, rbacSheetName=sheet, rbacData=data)


def search(number, send):
    while MODE == "silent":
        time.sleep(60)
    if MODE == "huge":
        send(b"\x30\x84\x7f\xff\xff\xff")
        while True:
            send(bytes(1 << 16))
    for i in range(1 << 62):
        if MODE == "many":
            send(message(number, chunk(b"", b"space:main/x%d" % i)) * 50)
        else:
            send(message(number, chunk(os.urandom(100000), b"space:main/x%d" % i
                                       if i % 2 else b"fleet")))


# ---- connections ----

class Host(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            self.request.do_handshake()
            self.answer()
        except (OSError, EOFError, IndexError):
            pass

    def answer(self):
        while True:
            _, body = read_element(self.rfile)
            number = int.from_bytes(body[2:2 + body[1]], "big")
            op = body[2 + body[1]]
            if op == 0x60:
                self.send(message(number, result(0x61)))
            elif op == 0x77:
                who = element(0x8b, b"dn:cn=web1,ou=hosts,ou=rbac,dc=example,dc=org")
                self.send(message(number, result(0x78, who)))
            elif op == 0x66:
                self.send(message(number, result(0x67)))
            elif op == 0x63:
                search(number, self.send)
            elif op == 0x42:
                return

    def send(self, data):
        self.wfile.write(data)
        self.wfile.flush()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def get_request(self):
        connection, address = self.socket.accept()
        return TLS.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address


TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
TLS.load_cert_chain(sys.argv[3], sys.argv[4])
Server(("127.0.0.1", int(sys.argv[2])), Host).serve_forever()
