import { json } from './fake-replies.js';
import { FakeUpstream, requestText, type Responder } from './fake-upstream.js';

/** A span received in OTLP JSON. */
export interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly status: number;
  readonly attributes: Readonly<Record<string, string>>;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: string | number;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: Value }[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentJson[] }[];
  }[];
}

type SentJson = Omit<ExportedSpan, 'status' | 'attributes'> & {
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
};

const asRecord = (attributes: SentJson['attributes']): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue)]));

const read = ({ status, attributes, ...span }: SentJson): ExportedSpan => ({
  ...span,
  status: status.code ?? 0,
  attributes: asRecord(attributes),
});

/** An OpenTelemetry collector (OTLP over HTTP, in JSON) that records the received traces. */
export class TraceCollector {
  private constructor(readonly upstream: FakeUpstream) {}

  static async start(reply: Responder = json(200, {})): Promise<TraceCollector> {
    return new TraceCollector(await FakeUpstream.start(reply));
  }

  /** Environment variables of a hub that exports its traces to this collector. */
  get env(): Record<string, string> {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: this.upstream.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  }

  get spans(): ExportedSpan[] {
    return this.sent().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(read)));
  }

  /** Resource attributes of the exporters. */
  get senders(): Record<string, string>[] {
    return this.sent().map(({ resource }) => asRecord(resource.attributes));
  }

  /** All received requests as text. */
  get text(): string {
    return this.upstream.requests.map(requestText).join('\n');
  }

  close(): Promise<void> {
    return this.upstream.close();
  }

  private sent(): Sent['resourceSpans'] {
    return this.upstream.requests.flatMap(({ body }) => (JSON.parse(body.toString()) as Sent).resourceSpans);
  }
}
