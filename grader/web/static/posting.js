// writes go to the server with the token of the page; what comes back is told apart by `kind`
export const DONE = "done", REFUSED = "refused", CONFLICT = "conflict", UNKNOWN = "unknown", FAULT = "fault", SILENT = "silent";

const PATIENCE = 20_000;

const { run, who } = document.body.dataset;
let { token } = document.body.dataset;

export async function post(path, body) {
  try {
    const answer = await ask(path, JSON.stringify(body), { "Content-Type": "application/json" }, PATIENCE);
    const said = await answer.json();
    return { kind: kindOf(answer.status), said };
  } catch {
    return { kind: SILENT, said: { error: "The review does not answer. Is it still running?" } };
  }
}

// asks with the token of this page, and once more with a new one where the review was started anew
export async function ask(path, body, headers = {}, patience = null) {
  const asked = () => fetch(path, {
    method: "POST", body, headers: { ...headers, "X-Mlpgrader-Token": token },
    ...(patience ? { signal: AbortSignal.timeout(patience) } : {}),
  });
  const answer = await asked();
  return kindOf(answer.status) === UNKNOWN && (await renewed()) ? asked() : answer;
}

function kindOf(status) {
  if (status < 300) return DONE;
  if (status === 409) return CONFLICT;
  if (status === 401 || status === 403 || status === 421) return UNKNOWN;
  return status >= 500 || status === 408 || status === 429 ? FAULT : REFUSED;
}

// A review that was started anew has another token; whoever has its cookie may ask for it. At the same address there may be another
// run by now, or somebody else may have come in by this browser: what was meant here is not for them.
async function renewed() {
  try {
    const answer = await fetch("/api/token");
    if (!answer.ok) return false;
    const now = await answer.json();
    if (now.run !== run || now.who !== who || now.token === token) return false;
    token = now.token;
    return true;
  } catch {
    return false;
  }
}
