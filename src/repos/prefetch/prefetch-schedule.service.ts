import { Inject, Injectable } from '@nestjs/common';
import { CronTime, validateCronExpression } from 'cron';
import { HubError } from '../../domain/hub-error.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';

/** Minute, hour, day, month, weekday. A sixth field would be seconds. */
const FIELDS = 5;

/** The schedules of prefetch jobs: cron expressions in UTC. */
@Injectable()
export class PrefetchSchedule {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** @throws HubError `BadRequest` for an expression that is not valid or matches no time */
  check(expression: string): void {
    const isValid = expression.trim().split(/\s+/).length === FIELDS && validateCronExpression(expression.trim()).valid;
    if (!isValid) throw invalid(expression);
    this.next(expression);
  }

  /**
   * The next time that matches.
   * @throws HubError `BadRequest` if no time matches
   */
  next(expression: string): Date {
    try {
      return new CronTime(expression.trim(), 'UTC').getNextDateFrom(this.clock(), 'UTC').toJSDate();
    } catch (cause) {
      throw new HubError('BadRequest', neverHappens(expression), { cause });
    }
  }
}

const invalid = (expression: string): HubError =>
  new HubError(
    'BadRequest',
    `The schedule "${expression}" is not a cron expression. It has five fields: minute, hour, day of the month, month and day of the week, such as "0 3 * * *" for every day at 03:00 UTC.`,
  );

const neverHappens = (expression: string): string =>
  `The schedule "${expression}" never happens, so the job would never run. Check its day of the month (third field) and its month (fourth field): February, for example, has no day 30 or 31.`;
