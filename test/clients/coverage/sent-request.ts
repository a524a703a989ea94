/** Values of the placeholders, for a hub with the user `client`, its repositories `client/covered` of each type, and the organization `covering`. */
const VALUES: Readonly<Record<string, string>> = {
  prefix: '',
  repo: 'client/covered',
  revision: 'main',
  branch: 'main',
  path: 'README.md',
  endpoint: 'raw',
  tag: 'v1',
  number: '1',
  user: 'client',
  organization: 'covering',
  namespace: 'covering',
  status: 'pending',
  hash: 'ab'.repeat(32),
};

/** The request of a row, with values for its placeholders. */
export function requestOf(row: string, type = 'model'): { readonly method: string; readonly path: string } {
  const [method = '', template = ''] = row.split(' ');
  const values: Readonly<Record<string, string>> = { ...VALUES, type };
  const whole = template.replace('/api/{repo}/', '/api/{type}s/{repo}/'); // here, the id begins with the folder of the type
  return { method, path: whole.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'x') };
}

const NDJSON = [
  { key: 'header', value: { summary: 'Add README.md' } },
  { key: 'file', value: { path: 'README.md', content: 'hello' } },
];

/** Creates what the requests name. */
export async function createCovered(url: string, token: string): Promise<void> {
  const post = async (path: string, body: string): Promise<void> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  await post('/api/organizations/create', JSON.stringify({ name: 'covering' }));
  for (const type of ['model', 'dataset', 'space'])
    await post(
      '/api/repos/create',
      JSON.stringify({ name: 'covered', type, ...(type === 'space' && { sdk: 'static' }) }),
    );
  const commit = NDJSON.map((line) => JSON.stringify(line)).join('\n');
  for (const types of ['models', 'datasets', 'spaces']) {
    await post(`/api/${types}/client/covered/commit/main`, commit);
    await post(`/api/${types}/client/covered/tag/main`, JSON.stringify({ tag: 'v1' }));
  }
}
