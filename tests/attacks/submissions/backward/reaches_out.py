import base64
import json

attempts = {"__name__": "attempts"}
exec(compile(base64.b64decode("@ATTEMPTS@"), "attempts.py", "exec"), attempts)
FOUND = []


def hostile(self, x, y):
    if not FOUND:
        asked = json.loads('@ASKED@')
        done = [name for name in json.loads('@NAMES@') if attempts["attempt"](name, asked)["done"]]
        FOUND.append("reached " + (" ".join(done) or "nothing"))
    raise RuntimeError(FOUND[0])


MLP.backward = hostile
