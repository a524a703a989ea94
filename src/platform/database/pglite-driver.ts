import pg from 'pg';
import type { EmbeddedSession } from './embedded-session.js';
import { PGliteStream } from './pglite-stream.js';
import { SessionGate } from './session-gate.js';

const IN_PROCESS = { host: 'pglite', port: 1, user: 'postgres', password: 'none', database: 'postgres', ssl: false };

/**
 * Creates the `driver` for TypeORM: the `pg` client, connected to PGlite, so that types, errors and constraint names are
 * those of PostgreSQL. The pool has one client, because a second one could only wait for the first. A query in a transaction that does not
 * use its entity manager therefore fails after the connect timeout instead of hanging forever.
 */
export function pgliteDriver(session: EmbeddedSession, close: () => Promise<void>) {
  const gate = new SessionGate();

  class Client extends pg.Client {
    constructor(config: pg.ClientConfig = {}) {
      // pg accepts any duplex stream with the methods of a socket, but its types require a net.Socket
      const stream = (() => new PGliteStream(session, gate)) as never;
      super({ ...config, connectionString: undefined, ...IN_PROCESS, stream });
    }
  }

  class Pool extends pg.Pool {
    constructor(config: pg.PoolConfig = {}) {
      super({ ...config, Client: Client as never, max: 1, idleTimeoutMillis: 0 });
    }

    /** TypeORM ends the pool when the data source is destroyed. This also closes the database. */
    override end(done?: () => void): Promise<void> & void {
      const ended = super.end().then(close);
      if (done) ended.then(done, (error: Error) => (done as (error: Error) => void)(error));
      return ended as Promise<void> & void;
    }
  }

  return { Client, Pool, defaults: pg.defaults, types: pg.types };
}
