// What every script here uses: the server's address, one line a check, and an exit code that says how it went.

const checks = { passed: 0, failed: 0 };

/** The address of /graphql: the first argument. */
export const url = process.argv[2];
if (!url) {
  console.error('usage: node SCRIPT http://HOST:PORT/graphql');
  process.exit(2);
}

/** Notes one check; `detail` is printed only when it failed. */
export function check(name, passed, detail = '') {
  checks[passed ? 'passed' : 'failed'] += 1;
  console.log(passed ? 'ok  ' : 'FAIL', name, passed ? '' : detail);
}

/** Runs `body`; an exception is a failed check. */
export async function attempt(name, body) {
  try {
    await body();
  } catch (error) {
    check(name, false, error?.stack ?? String(error));
  }
}

/** Sends one document; gives the status and the parsed body. */
export async function send(query, variables) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: await response.json() };
}

/** Prints the sum and ends the process: 0 only when something was checked and nothing failed. */
export function finish() {
  console.log(`${checks.passed} passed, ${checks.failed} failed`);
  process.exit(checks.failed === 0 && checks.passed > 0 ? 0 : 1);
}
