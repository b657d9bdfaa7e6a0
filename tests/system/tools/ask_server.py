#!/usr/bin/python3
"""ask_server.py ftp|imap USER [NAME]: what a server here gives USER, whose password is "secret".

ftp: log in, fetch the file NAME and print it.  imap: log in and print the mail in the folder NAME.
Prints "refused: ..." where the login or the file is refused.
"""
import ftplib
import imaplib
import sys


def ftp(user, name):
    with ftplib.FTP("127.0.0.1", user, "secret", timeout=30) as server:
        server.retrlines("RETR " + name, print)


def imap(user, name):
    server = imaplib.IMAP4("127.0.0.1", timeout=30)
    server.login(user, "secret")
    status, why = server.select(name, readonly=True)
    if status != "OK":
        raise imaplib.IMAP4.error(why[0].decode())
    print(server.fetch("1", "(BODY[TEXT])")[1][0][1].decode().strip())
    server.logout()


try:
    {"ftp": ftp, "imap": imap}[sys.argv[1]](*sys.argv[2:])
except (ftplib.error_perm, imaplib.IMAP4.error) as error:
    print("refused:", error)
    sys.exit(1)
