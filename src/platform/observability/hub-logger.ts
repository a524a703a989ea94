import type { LoggerService } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import type { HubConfig } from '../config/hub-config.js';

const SECRET_FIELDS = ['authorization', 'cookie', 'token', 'adminToken', 'secretKey', '["x-admin-token"]'];
const below = (depth: string) => (field: string) => (field.startsWith('[') ? `${depth}${field}` : `${depth}.${field}`);

/** Fields of these names are never logged, wherever they lie in the first levels of what is logged. */
const REDACTED = [...SECRET_FIELDS, ...SECRET_FIELDS.map(below('*')), ...SECRET_FIELDS.map(below('*.*'))];

/**
 * Nest tells of every module and route it meets, and of an error that ends the start, which `main.ts` tells in one sentence: news for
 * its developers, noise for who runs a hub.
 */
const FRAMEWORK = [
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'ExceptionHandler',
];

const isFramework = (rest: unknown[]): boolean => FRAMEWORK.includes(String(rest.at(-1)));

/** Lines for people where their formatter is installed (it is only there for development), undefined otherwise. */
async function prettyStream(): Promise<DestinationStream | undefined> {
  try {
    return (await import('pino-pretty')).default({ sync: true, ignore: 'pid,hostname' });
  } catch {
    return undefined;
  }
}

/** Where a line belongs among the traces, where there are any. */
function placeInTrace(): object {
  const { traceId, spanId } = trace.getActiveSpan()?.spanContext() ?? {};
  return traceId === undefined ? {} : { trace_id: traceId, span_id: spanId };
}

/** Nest's logger on pino: one line of JSON per event. Nest passes the context as the last argument, and a stack before it. */
export class HubLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  /** @param stream where to write; standard output when left out */
  static async create(log: HubConfig['log'], stream?: DestinationStream): Promise<HubLogger> {
    const target = stream ?? (log.format === 'pretty' ? await prettyStream() : undefined);
    const options = { level: log.level, redact: { paths: REDACTED, censor: '[hidden]' }, mixin: placeInTrace };
    return new HubLogger(target ? pino(options, target) : pino(options));
  }

  log = (message: unknown, ...rest: unknown[]): void => this.write(isFramework(rest) ? 'debug' : 'info', message, rest);
  error = (message: unknown, ...rest: unknown[]): void =>
    this.write(isFramework(rest) ? 'debug' : 'error', message, rest);
  warn = (message: unknown, ...rest: unknown[]): void => this.write('warn', message, rest);
  debug = (message: unknown, ...rest: unknown[]): void => this.write('debug', message, rest);
  verbose = (message: unknown, ...rest: unknown[]): void => this.write('trace', message, rest);
  fatal = (message: unknown, ...rest: unknown[]): void => this.write('fatal', message, rest);

  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const detail = rest.slice(0, -1).find((value) => typeof value === 'string' || value instanceof Error);
    const extra = { context, ...(detail === undefined ? {} : { detail }) };
    if (message instanceof Error) this.pino[level]({ ...extra, err: message });
    else if (typeof message === 'object') this.pino[level]({ ...extra, ...message });
    else this.pino[level](extra, String(message));
  }
}
