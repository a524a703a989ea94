import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { toDatabaseError } from '../../../../src/platform/database/database-error.js';

const coded = (code: string): Error => Object.assign(new Error('driver error'), { code });

describe('toDatabaseError', () => {
  it.each([
    ['refuses connections', coded('ECONNREFUSED')],
    ['resets a connection', coded('ECONNRESET')],
    ['is shutting down', coded('57P01')],
    ['is starting up', coded('57P03')],
    ['has no free connection slots', coded('53300')],
    ['terminated the connection', new Error('Connection terminated unexpectedly')],
    ['has a closed client', new Error('Client was closed and is not queryable')],
    ['lost a connection in a transaction', new QueryRunnerAlreadyReleasedError()],
    ['lost a connection between the queries of a transaction', new QueryRunnerProviderAlreadyReleasedError()],
    ['is shutting down, wrapped by TypeORM', Object.assign(new Error('query failed'), { driverError: coded('57P01') })],
  ])('returns 503 with Retry-After if the database %s', (_, error) => {
    expect(toDatabaseError(error)).toMatchObject({ facts: { status: 503, retryAfter: 2 } });
  });

  it.each([
    ['a violated unique constraint', coded('23505')],
    ['an unrelated error', new Error('Connection was fine')],
    ['a string', 'text'],
  ])('returns undefined for %s', (_, error) => expect(toDatabaseError(error)).toBeUndefined());
});
