import { Logger } from '@nestjs/common';
import type { Failure } from '../../domain/upstream.js';
import { describeError } from './exchange-errors.js';
import { ProxyError } from './proxy-error.js';

const REPEAT_MS = 60_000;

/** Describes errors of requests, and logs failures of the forward proxy, which the administrator must fix: once a minute each. */
export class FailureLog {
  private readonly log = new Logger('Upstream');
  private readonly loggedAt = new Map<string, number>();

  /** @param now - a clock in milliseconds */
  constructor(private readonly now: () => number) {}

  /** The failure for an error, which is logged if necessary. */
  describe(error: unknown): Failure {
    const failure = describeError(error);
    if (error instanceof ProxyError && this.isDue(failure.message)) this.log.warn(`${failure.message}.`);
    return failure;
  }

  private isDue(message: string): boolean {
    const loggedAt = this.loggedAt.get(message) ?? -Infinity;
    if (this.now() - loggedAt < REPEAT_MS) return false;
    this.loggedAt.set(message, this.now());
    return true;
  }
}
