/** The password of all registered users. */
export const PASSWORD = 'correct horse battery';

/**
 * Registers a user over HTTP.
 * @returns an access token with write permission
 */
export async function registerUser(url: string, name: string): Promise<string> {
  await post(`${url}/api/auth/register`, { username: name, password: PASSWORD });
  const signedIn = await post(`${url}/api/auth/login`, { username: name, password: PASSWORD });
  const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;
  const made = await post(`${url}/api/auth/tokens/create`, { name: 'laptop', role: 'write' }, { cookie });
  return ((await made.json()) as { token: string }).token;
}

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}
