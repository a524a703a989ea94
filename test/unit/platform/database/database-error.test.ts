import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { toDatabaseError } from '../../../../src/platform/database/database-error.js';

const coded = (code: string): Error => Object.assign(new Error('said by the driver'), { code });

describe('a database that is away', () => {
  it.each([
    ['refuses connections', coded('ECONNREFUSED')],
    ['cuts one off', coded('ECONNRESET')],
    ['is being shut down', coded('57P01')],
    ['is starting', coded('57P03')],
    ['takes no more connections', coded('53300')],
    ['has gone, says the driver', new Error('Connection terminated unexpectedly')],
    ['was closed meanwhile, says the driver', new Error('Client was closed and is not queryable')],
    ['broke off in a transaction', new QueryRunnerAlreadyReleasedError()],
    ['broke off before a transaction’s next query', new QueryRunnerProviderAlreadyReleasedError()],
    ['has gone, says TypeORM', Object.assign(new Error('query failed'), { driverError: coded('57P01') })],
  ])('%s: 503, to be tried again', (_, error) => {
    expect(toDatabaseError(error)).toMatchObject({ facts: { status: 503, retryAfter: 2 } });
  });

  it.each([
    ['a unique constraint', coded('23505')],
    ['any error', new Error('Connection was fine')],
    ['no error at all', 'text'],
  ])('%s is something else', (_, error) => expect(toDatabaseError(error)).toBeUndefined());
});
