import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { HubConfig } from '../config/hub-config.js';
import { withTimeout } from '../async/with-timeout.js';
import { sayUnsent } from './say-unsent.js';

/** What a span tells of its work. Never a credential, nor a name that a caller chooses: whoever keeps traces is somebody else. */
export type Facts = Readonly<Record<string, string | number | undefined>>;

/** How a span of some work looks. */
export interface SpanShape<T> {
  readonly name: string;
  /** `client`: the work is a question to somebody else. */
  readonly kind: 'internal' | 'client';
  readonly facts: Facts;
  /** What is known once the work is done; `isFailure`: it went wrong although nothing was thrown. */
  readonly conclude?: (result: T) => { readonly facts: Facts; readonly isFailure?: boolean };
  /** What a thrown error is called; undefined: nobody foresaw it. */
  readonly nameError?: (error: unknown) => string | undefined;
}

/** What sends spans. */
interface Sender {
  shutdown(): Promise<void>;
}

const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT } as const;

/** How long the last spans may take when the hub ends: a collector that is away must not hold it. */
const FLUSH_MS = 3000;

/** The hub's traces, for OpenTelemetry. Where they are off, work is done as if this were not here, and the SDK is not even loaded. */
@Injectable()
export class Spans implements OnApplicationShutdown {
  private constructor(private readonly sender: Sender | undefined) {}

  static async create(config: HubConfig): Promise<Spans> {
    if (!config.tracing.enabled) return new Spans(undefined);
    const { startSdk } = await import('./otel-sdk.js');
    return new Spans(startSdk(config));
  }

  get isOn(): boolean {
    return this.sender !== undefined;
  }

  /** Does work in a span under the one that is open now. */
  inside<T>(shape: SpanShape<T>, work: () => Promise<T>): Promise<T> {
    return this.isOn ? traced(shape, work) : work();
  }

  /** After the last request: sends what is left. */
  async onApplicationShutdown(): Promise<void> {
    if (this.sender) await withTimeout(FLUSH_MS, this.sender.shutdown()).catch(sayUnsent);
  }
}

/** The hub's own place in OpenTelemetry. Asked anew each time: which SDK it leads to is decided at start. */
export const tracer = () => trace.getTracer('hubfall');

function traced<T>({ name, kind, facts, conclude, nameError }: SpanShape<T>, work: () => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, { kind: KINDS[kind], attributes: facts }, async (span) => {
    try {
      const result = await work();
      const told = conclude?.(result);
      if (told) span.setAttributes(told.facts);
      if (told?.isFailure) span.setStatus({ code: SpanStatusCode.ERROR });
      return result;
    } catch (error) {
      note(span, nameError?.(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** An error that nobody foresaw is a failure; its words stay here, since they may quote what was asked. */
function note(span: Span, name: string | undefined): void {
  span.setAttribute('error.type', name ?? 'unforeseen');
  if (name === undefined) span.setStatus({ code: SpanStatusCode.ERROR });
}
