import { readFile } from 'node:fs/promises';
import { REFUSALS } from '../../../src/domain/refusals.js';
import { ROUTES } from '../../../src/platform/http/routes/routes.js';
import { clientRequests } from '../../../tools/client-coverage/client-requests.mjs';
import type { Coverage } from './coverage.js';
import { COVERAGE } from './rows.js';
import { createCovered, requestOf } from './sent-request.js';

const rows = Object.entries(COVERAGE);
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const isAnswered = ({ kind }: Coverage): boolean => kind === 'served' || kind === 'relayed';

/** A row for each type of repositories. */
const ofEachType = ([request, { kind }]: readonly [string, Coverage]) =>
  (request.includes('{type}') ? ['model', 'dataset', 'space'] : ['model']).map(
    (type) => [request, { kind, type }] as const,
  );

/** Operations of Xet are only in the table of routes. */
const xetOperations = (): string[] =>
  Object.values(ROUTES).flatMap(({ method, paths }) =>
    paths
      .filter((path) => path.startsWith('xet/'))
      .map((path) => `${method} /${path.replaceAll(/:(\w+)/g, '{$1}').replace('{id}', '{hash}')}`),
  );

async function operations(): Promise<string[]> {
  const text = await readFile(new URL('../../../openapi.json', import.meta.url), 'utf8');
  const { paths } = JSON.parse(text) as { paths: Record<string, object> };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  return [...documented, ...xetOperations()];
}

/** Every request of the clients is in the table, and the hub responds as the table states. */
export function describeCoverage(hub: () => { readonly url: string; readonly token: string }): void {
  const send = (method: string, path: string): Promise<Response> =>
    fetch(hub().url + path, { method, headers: { authorization: `Bearer ${hub().token}` } });

  beforeAll(() => createCovered(hub().url, hub().token));

  it('the table has exactly the requests that the installed clients can send', () => {
    const sent = clientRequests();
    expect([...sent.keys()].filter((request) => !(request in COVERAGE))).toEqual([]);
    expect(rows.map(([request]) => request).filter((request) => !sent.has(request))).toEqual([]);
  });

  it('operations of the table exist', async () => {
    const known = await operations();
    const used = rows.flatMap(([, row]) => ('operation' in row ? [row.operation] : []));
    expect(used.filter((operation) => !known.includes(operation))).toEqual([]);
  });

  it('requests that are served get no error without a reason', async () => {
    const answered = rows.filter(([, row]) => isAnswered(row));
    const problems: string[] = [];
    for (const [row, { kind, type }] of answered.flatMap(ofEachType)) {
      const { method, path } = requestOf(row, type);
      const response = await send(method, path);
      const { status, headers } = response;
      const isRefused = kind === 'relayed' && headers.get('x-error-code') === 'NotImplemented';
      const isUnexplained = status === 404 && (await response.text()).includes("can't find the page");
      if (isUnexplained || status === 405 || (status >= 500 && !isRefused))
        problems.push(`${method} ${path}: ${status}`);
    }
    expect(problems).toEqual([]);
  });

  it('requests for kernels get 501 with the reason', async () => {
    const problems: unknown[] = [];
    for (const [row] of rows.filter(([request, { kind }]) => request.includes('{type}') && kind !== 'shown')) {
      const { method, path } = requestOf(row, 'kernel');
      const response = await send(method, path);
      const { error } = (await response.json()) as { error: string };
      if (response.status !== 501 || error !== REFUSALS.kernels.message) problems.push([method, path, error]);
    }
    expect(problems).toEqual([]);
  });

  it('requests that are not available get 501 with the reason, for every method that is not served', async () => {
    const expected = new Map(
      rows.flatMap(([row, coverage]) => {
        if (!('refusal' in coverage)) return [];
        const { message } = REFUSALS[coverage.refusal];
        const [, template = ''] = row.split(' ');
        const isRefused = (method: string): boolean => {
          const other = COVERAGE[`${method} ${template}`];
          const get = COVERAGE[`GET ${template}`];
          return !(other && isAnswered(other)) && !(method === 'HEAD' && get && isAnswered(get));
        };
        return METHODS.filter(isRefused).map((method) => [`${method} ${requestOf(row).path}`, message] as const);
      }),
    );
    const problems: unknown[] = [];
    for (const [request, message] of expected) {
      const [method = '', path = ''] = request.split(' ');
      const response = await send(method, path);
      const text = await response.text();
      const error = text === '' ? undefined : (JSON.parse(text) as { error?: string }).error;
      const code = response.headers.get('x-error-code');
      if (response.status !== 501 || code !== 'NotImplemented' || (method !== 'HEAD' && error !== message))
        problems.push([request, response.status, error]);
    }
    expect(problems).toEqual([]);
  });
}
