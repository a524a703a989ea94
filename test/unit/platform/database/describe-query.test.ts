import { describeQuery } from '../../../../src/platform/database/describe-query.js';

describe('describeQuery', () => {
  it.each([
    ['SELECT "a"."id" FROM "accounts" "a" WHERE "a"."name" = $1', { operation: 'SELECT', table: 'accounts' }],
    ['\n  insert into blobs (id) values ($1)', { operation: 'INSERT', table: 'blobs' }],
    ['UPDATE "contents" SET "touched_at" = now()', { operation: 'UPDATE', table: 'contents' }],
    ['DELETE FROM commits WHERE true', { operation: 'DELETE', table: 'commits' }],
    ['SELECT * FROM unnest($1::text[])', { operation: 'SELECT' }],
    ['START TRANSACTION', { operation: 'START' }],
    ['', { operation: 'QUERY' }],
  ])('returns operation and table: %s', (query, expected) => {
    expect(describeQuery(query)).toEqual(expected);
  });

  it('does not include values', () => {
    expect(JSON.stringify(describeQuery("SELECT 1 FROM t WHERE token = 'hidden'"))).not.toContain('hidden');
  });
});
