import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { HubConfig } from '../config/hub-config.js';
import { withTimeout } from '../async/with-timeout.js';
import { warnUnsentTraces } from './unsent-traces.js';

/** Attributes of a span. They must not contain credentials or names that clients choose, because traces are sent to another system. */
export type Facts = Readonly<Record<string, string | number | undefined>>;

/** Describes the span of a task. */
export interface SpanDescription<T> {
  readonly name: string;
  /** `client`: the task is a request to another system. */
  readonly kind: 'internal' | 'client';
  readonly facts: Facts;
  /** Attributes of the result. `isFailure` marks a failure that was not thrown. */
  readonly conclude?: (result: T) => { readonly facts: Facts; readonly isFailure?: boolean };
  /** Name of a thrown error for the trace. `undefined` for unexpected errors. */
  readonly nameError?: (error: unknown) => string | undefined;
}

/** The part of the SDK that is needed here. */
interface SpanSender {
  shutdown(): Promise<void>;
}

const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT } as const;

/** Timeout for sending the last spans, so that an unavailable collector does not delay the shutdown. */
const FLUSH_MS = 3000;

/** Creates OpenTelemetry spans. If tracing is disabled, tasks run without spans, and the SDK is not loaded. */
@Injectable()
export class Spans implements OnApplicationShutdown {
  private constructor(private readonly sender: SpanSender | undefined) {}

  static async create(config: HubConfig): Promise<Spans> {
    if (!config.tracing.enabled) return new Spans(undefined);
    const { startSdk } = await import('./otel-sdk.js');
    return new Spans(startSdk(config));
  }

  get isOn(): boolean {
    return this.sender !== undefined;
  }

  /** Runs a task in a child span of the current one. */
  withSpan<T>(shape: SpanDescription<T>, work: () => Promise<T>): Promise<T> {
    return this.isOn ? traced(shape, work) : work();
  }

  /** Sends the remaining spans after the last request. */
  async onApplicationShutdown(): Promise<void> {
    if (this.sender) await withTimeout(FLUSH_MS, this.sender.shutdown()).catch(warnUnsentTraces);
  }
}

/** The tracer of the hub. Not cached, because the SDK is registered at startup. */
export const tracer = () => trace.getTracer('hubfall');

function traced<T>({ name, kind, facts, conclude, nameError }: SpanDescription<T>, work: () => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, { kind: KINDS[kind], attributes: facts }, async (span) => {
    try {
      const result = await work();
      const outcome = conclude?.(result);
      if (outcome) span.setAttributes(outcome.facts);
      if (outcome?.isFailure) span.setStatus({ code: SpanStatusCode.ERROR });
      return result;
    } catch (error) {
      recordError(span, nameError?.(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Unexpected errors are failures. Error messages are not recorded, because they may quote the request. */
function recordError(span: Span, name: string | undefined): void {
  span.setAttribute('error.type', name ?? 'unforeseen');
  if (name === undefined) span.setStatus({ code: SpanStatusCode.ERROR });
}
