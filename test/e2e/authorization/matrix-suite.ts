import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { HttpResponse } from '../../support/send-request.js';
import { MatrixCallers } from './matrix-callers.js';
import { OPERATIONS } from './operations.js';
import type { Headers, Replicas } from './replicas.js';
import { requestOf } from './requests.js';
import { expectedOutcome, type Outcome, type Rule } from './rules.js';

const declared = Object.entries(OPERATIONS).flatMap(([rule, operations]) =>
  operations.map((operation) => [operation, rule as Rule] as const),
);

const isHidden = ({ headers, body }: HttpResponse): boolean =>
  headers['x-error-code'] === 'RepoNotFound' || body.includes('NAME_UNKNOWN');

/** All operations of openapi.json by all callers, whose requests are spread over the replicas. */
export const describeMatrix = (startReplicas: (env: Headers) => Promise<Replicas>): void => {
  let callers: MatrixCallers;
  beforeAll(async () => {
    callers = await MatrixCallers.start(startReplicas);
    await callers.addAll();
  }, 120_000);
  afterAll(() => callers?.close());

  /** The limit of requests to the admin API counts addresses, and has no setting. */
  let addresses = 0;
  const nextAddress = (): string => `198.51.${Math.floor(++addresses / 250) % 250}.${addresses % 250}`;

  async function outcomeOf(operation: string, headers: Headers): Promise<Outcome> {
    if (operation === 'DELETE /api/repos/delete') await callers.createRepo('victim');
    const { method, path, body } = requestOf(operation);
    const response = await callers.send(method, path, { ...headers, 'x-forwarded-for': nextAddress() }, body);
    if (response.status === 429) throw new Error(`${operation} is refused by a limit`);
    if (isHidden(response) && !path.startsWith('/admin/')) return 'hidden';
    return response.status === 401 || response.status === 403 ? `${response.status}` : 'open';
  }

  it('are declared for each operation of the API', () => {
    const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, object> };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(declared.map(([operation]) => operation).sort()).toEqual(operations.sort());
  });

  it.each(Object.keys(OPERATIONS))(
    'follow the rule "%s"',
    async (name) => {
      const rule = name as Rule;
      const [actual, expected]: Record<string, string>[] = [{}, {}];
      for (const operation of OPERATIONS[rule])
        for (const [caller, { headers, ...facts }] of callers.all) {
          const cell = `${operation} by ${caller}`;
          actual![cell] = await outcomeOf(operation, headers);
          expected![cell] = expectedOutcome(rule, facts);
        }
      expect(actual).toEqual(expected);
    },
    120_000,
  );
};
