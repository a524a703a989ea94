import { describeQuery } from '../../../../src/platform/database/describe-query.js';

describe('what a trace tells of a query', () => {
  it.each([
    ['SELECT "a"."id" FROM "accounts" "a" WHERE "a"."name" = $1', { operation: 'SELECT', table: 'accounts' }],
    ['\n  insert into blobs (id) values ($1)', { operation: 'INSERT', table: 'blobs' }],
    ['UPDATE "contents" SET "touched_at" = now()', { operation: 'UPDATE', table: 'contents' }],
    ['DELETE FROM commits WHERE true', { operation: 'DELETE', table: 'commits' }],
    ['SELECT * FROM unnest($1::text[])', { operation: 'SELECT' }],
    ['START TRANSACTION', { operation: 'START' }],
    ['', { operation: 'QUERY' }],
  ])('%s', (query, told) => {
    expect(describeQuery(query)).toEqual(told);
  });

  it('is nothing of what is in it', () => {
    expect(JSON.stringify(describeQuery("SELECT 1 FROM t WHERE token = 'hidden'"))).not.toContain('hidden');
  });
});
