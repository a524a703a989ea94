import type { LoggerService } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import type { HubConfig } from '../config/hub-config.js';
import { hideSecrets } from './hide-secrets.js';
import { bufferedOutput } from './log-output.js';

/**
 * Contexts of Nest that are logged at debug level. Nest logs every module and route, and errors at startup, which `main.ts` already
 * reports in one sentence.
 */
const FRAMEWORK_CONTEXTS = [
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'ExceptionHandler',
];

const isFramework = (rest: unknown[]): boolean => FRAMEWORK_CONTEXTS.includes(String(rest.at(-1)));

/** Readable log lines. Returns `undefined` if pino-pretty, a development dependency, is not installed. */
async function prettyStream(): Promise<DestinationStream | undefined> {
  try {
    return (await import('pino-pretty')).default({ sync: true, ignore: 'pid,hostname' });
  } catch {
    return undefined;
  }
}

/** IDs of the current trace and span; undefined without tracing. */
function traceFields(): object | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span && { trace_id: span.traceId, span_id: span.spanId };
}

/** Errors first become objects, so that their fields are searched for secrets as well. */
function loggedFields(fields: Record<string, unknown>): Record<string, unknown> {
  const { err } = fields;
  return hideSecrets(err instanceof Error ? { ...fields, err: pino.stdSerializers.err(err) } : fields);
}

const OPTIONS = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level: string) => ({ level }), log: loggedFields },
};
/** Lines of these levels are written at once, because the process may be about to end. */
const URGENT_LEVELS: readonly Level[] = ['warn', 'error', 'fatal'];

/** Nest logger that writes a line of JSON per event. Nest passes the context as the last argument, and a stack trace before it. */
export class HubLogger implements LoggerService {
  /** A logger for each context, which are few. */
  private readonly loggers = new Map<unknown, Logger>();

  private constructor(
    private readonly pino: Logger,
    private readonly flush: () => void,
  ) {}

  /** @param stream - destination, standard output by default */
  static async create(log: HubConfig['log'], stream?: DestinationStream): Promise<HubLogger> {
    const target = stream ?? (log.format === 'pretty' ? await prettyStream() : undefined);
    if (target) return new HubLogger(pino({ ...OPTIONS, level: log.level }, target), () => undefined);
    const output = bufferedOutput();
    return new HubLogger(pino({ ...OPTIONS, level: log.level }, output), () => output.flush());
  }

  /** Logs at level `info` and at once, also if the configured level omits such lines. */
  announce(fields: object, context: string): void {
    this.pino.child({ context }, { level: 'info' }).info(fields);
    this.flush();
  }

  log = (message: unknown, ...rest: unknown[]): void => this.write(isFramework(rest) ? 'debug' : 'info', message, rest);
  error = (message: unknown, ...rest: unknown[]): void =>
    this.write(isFramework(rest) ? 'debug' : 'error', message, rest);
  warn = (message: unknown, ...rest: unknown[]): void => this.write('warn', message, rest);
  debug = (message: unknown, ...rest: unknown[]): void => this.write('debug', message, rest);
  verbose = (message: unknown, ...rest: unknown[]): void => this.write('trace', message, rest);
  fatal = (message: unknown, ...rest: unknown[]): void => this.write('fatal', message, rest);

  private write(level: Level, message: unknown, rest: unknown[]): void {
    const logger = this.loggerOf(rest.at(-1));
    const detail = rest.slice(0, -1).find((value) => typeof value === 'string' || value instanceof Error);
    const span = traceFields();
    if (typeof message === 'object' && !(message instanceof Error))
      return this.writeFields(level, logger, { ...span, ...message }, detail);
    const extra = detail === undefined ? span : { ...span, detail };
    if (message instanceof Error) logger[level]({ ...extra, err: message });
    else logger[level](extra, String(message));
    this.flushIfUrgent(level);
  }

  /** The text of fields is their `message`, or follows them. It is `msg` in all lines. */
  private writeFields(level: Level, logger: Logger, fields: Record<string, unknown>, detail: unknown): void {
    const { message, ...others } = fields;
    if (typeof message === 'string') logger[level](detail === undefined ? others : { ...others, detail }, message);
    else if (typeof detail === 'string') logger[level](fields, detail);
    else logger[level](detail === undefined ? fields : { ...fields, detail });
    this.flushIfUrgent(level);
  }

  private flushIfUrgent(level: Level): void {
    if (URGENT_LEVELS.includes(level)) this.flush();
  }

  private loggerOf(context: unknown): Logger {
    const found = this.loggers.get(context);
    if (found) return found;
    const logger = typeof context === 'string' ? this.pino.child({ context }) : this.pino;
    this.loggers.set(context, logger);
    return logger;
  }
}
