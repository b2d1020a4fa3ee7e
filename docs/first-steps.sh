#!/bin/sh
# The walk of the README: register, sign in, say what you want, and see the reminder arrive.
# Needs a running `make run` in this folder, and curl or python3.
set -eu
cd "$(dirname "$0")/.."

field() { python3 -c 'import json, sys; d = json.load(sys.stdin)
for key in sys.argv[1].split("."): d = d[key]
print(d)' "$1"; }

API="$(field api <var/run.json)/api/v1"
TOKEN=

# call METHOD PATH [JSON]: print the answer
call() {
    if command -v curl >/dev/null; then
        curl -sS -X "$1" "$API$2" -H 'Content-Type: application/json' \
            ${TOKEN:+-H "Authorization: Bearer $TOKEN"} ${3:+-d "$3"}
    else
        python3 -c 'import sys, urllib.request as u
method, url, token, body = sys.argv[1:]
headers = {"Content-Type": "application/json"} | ({"Authorization": "Bearer " + token} if token else {})
request = u.Request(url, body.encode() or None, headers, method=method)
print(u.urlopen(request).read().decode())' "$1" "$API$2" "$TOKEN" "${3:-}"
    fi
}

say() { printf '\n--- %s\n' "$1"; }

EMAIL="jo.$$@example.com"
PASSWORD="a long pass phrase"

say "register"
call POST /auth/register "{\"email\": \"$EMAIL\", \"password\": \"$PASSWORD\",
    \"tenant_name\": \"Jo and Company\", \"full_name\": \"Jo Founder\"}" | field tenant
say "login"
TOKEN=$(call POST /auth/login "{\"email\": \"$EMAIL\", \"password\": \"$PASSWORD\"}" | field access_token)
echo "$TOKEN" | cut -c1-60
say "me"
call GET /auth/me
say "from-text"
ID=$(call POST /tasks/from-text '{"text": "remind me to call the bank in 1 minute"}' | field id)
say "task $ID"
call GET "/tasks/$ID"
say "waiting for the mail of its reminder in var/mail"
for _second in $(seq 120); do
    MAIL=$(grep -ls "To: $EMAIL" var/mail/*.eml 2>/dev/null || true)
    if [ -n "$MAIL" ]; then
        date -u '+arrived %H:%M:%S UTC'
        sed -n '1,40p' "$MAIL"
        exit 0
    fi
    sleep 1
done
echo "no mail within two minutes" >&2
exit 1
