import type { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { PGliteStream } from './pglite-stream.js';
import { SessionGate } from './session-gate.js';

const IN_PROCESS = { host: 'pglite', port: 1, user: 'postgres', password: 'none', database: 'postgres', ssl: false };

/**
 * What TypeORM takes as `driver`: the real `pg` client over an in-process PGlite, so that types, errors and constraint names are
 * PostgreSQL's own. The pool holds one client: a second could only wait for the first, and a query that forgets its transaction's
 * manager then fails after the connect timeout instead of hanging for ever.
 */
export function pgliteDriver(db: PGlite, close: () => Promise<void>) {
  const gate = new SessionGate();

  class Client extends pg.Client {
    constructor(config: pg.ClientConfig = {}) {
      // pg takes any duplex with a socket's methods; its types ask for a whole net.Socket
      const stream = (() => new PGliteStream(db, gate)) as never;
      super({ ...config, connectionString: undefined, ...IN_PROCESS, stream });
    }
  }

  class Pool extends pg.Pool {
    constructor(config: pg.PoolConfig = {}) {
      super({ ...config, Client: Client as never, max: 1, idleTimeoutMillis: 0 });
    }

    /** TypeORM ends its pool when it is destroyed: the database closes with it. */
    override end(done?: () => void): Promise<void> & void {
      const ended = super.end().then(close);
      if (done) ended.then(done, (error: Error) => (done as (error: Error) => void)(error));
      return ended as Promise<void> & void;
    }
  }

  return { Client, Pool, defaults: pg.defaults, types: pg.types };
}
