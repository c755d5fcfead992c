// writes go to the server with the token of the page; what comes back is told apart by `kind`
export const DONE = "done", REFUSED = "refused", CONFLICT = "conflict", UNKNOWN = "unknown", FAULT = "fault", SILENT = "silent";

const PATIENCE = 20_000;

let token = document.body.dataset.token;

export async function post(path, body) {
  let answer = await attempt(path, body);
  if (answer.kind === UNKNOWN && (await renewed())) answer = await attempt(path, body);
  return answer;
}

async function attempt(path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Mlpgrader-Token": token },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const said = await answer.json();
    return { kind: kindOf(answer.status), said };
  } catch {
    return { kind: SILENT, said: { error: "The review does not answer. Is it still running?" } };
  }
}

function kindOf(status) {
  if (status < 300) return DONE;
  if (status === 409) return CONFLICT;
  if (status === 401 || status === 403) return UNKNOWN;
  return status >= 500 || status === 408 || status === 429 ? FAULT : REFUSED;
}

// a review that was started anew has another token; whoever has its cookie may ask for it
async function renewed() {
  try {
    const answer = await fetch("/api/token");
    if (!answer.ok) return false;
    const fresh = (await answer.json()).token;
    const isNew = fresh !== token;
    token = fresh;
    return isNew;
  } catch {
    return false;
  }
}
