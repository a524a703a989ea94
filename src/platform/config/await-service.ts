import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';

const RETRY_MS = 500;
const REPEAT_LOG_MS = 15_000;

/** A service rejects the settings of this hub, or does not respond although the hub cannot start without it. The message has the reason. */
export class ServiceUnusableError extends Error {}

/** How a service is tested at startup. All reasons are sentences without a full stop, and without secrets. */
export interface ServiceTest<T> {
  readonly name: string;
  /** Uses the service as the hub does. */
  readonly use: () => Promise<T>;
  /** The reason why waiting does not help, and what to do. `undefined` if the service is only unreachable. */
  readonly describeRejection: (error: unknown) => string | undefined;
  /** The reason why the service is not available. */
  readonly describeOutage: (error: unknown) => string;
  readonly waitMs: number;
}

/** The result of waiting: what the service returned, or why it is still not available. */
export type Waited<T> = { readonly value: T } | { readonly outage: string };

/**
 * Waits for a service that is unreachable at startup. Wrong settings are errors at once.
 * @throws ServiceUnusableError
 */
export async function awaitService<T>(test: ServiceTest<T>): Promise<Waited<T>> {
  const log = new Logger('Startup');
  const deadline = performance.now() + test.waitMs;
  for (let logAt = -Infinity; ;) {
    try {
      return { value: await test.use() };
    } catch (error) {
      const rejection = test.describeRejection(error);
      if (rejection !== undefined) throw new ServiceUnusableError(`${rejection}.`, { cause: error });
      const outage = test.describeOutage(error);
      const now = performance.now();
      if (now + RETRY_MS >= deadline) return { outage };
      if (now >= logAt) {
        log.warn(`${outage}. Waiting for ${test.name} for up to ${Math.ceil((deadline - now) / 1000)} seconds.`);
        logAt = now + REPEAT_LOG_MS;
      }
      await pause(RETRY_MS);
    }
  }
}

/**
 * Tests a service that the hub can start without.
 * @throws ServiceUnusableError if it rejects the settings of the hub
 */
export async function tryService(test: ServiceTest<void>): Promise<void> {
  const result = await awaitService(test);
  if ('outage' in result) new Logger('Startup').warn(`${result.outage}. The hub starts without ${test.name}.`);
}
