import { json } from './fake-replies.js';
import { FakeUpstream, requestText, type Responder } from './fake-upstream.js';

/** A span as a collector gets it, in OTLP's JSON. */
export interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly status: number;
  readonly facts: Readonly<Record<string, string>>;
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

type SentJson = Omit<ExportedSpan, 'status' | 'facts'> & {
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
};

const asRecord = (attributes: SentJson['attributes']): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue)]));

const read = ({ status, attributes, ...span }: SentJson): ExportedSpan => ({
  ...span,
  status: status.code ?? 0,
  facts: asRecord(attributes),
});

/** Takes traces as an OpenTelemetry collector does (OTLP over HTTP, in JSON), and keeps what came. */
export class TraceCollector {
  private constructor(readonly far: FakeUpstream) {}

  static async start(reply: Responder = json(200, {})): Promise<TraceCollector> {
    return new TraceCollector(await FakeUpstream.start(reply));
  }

  /** The variables of a hub that sends its traces here. */
  get env(): Record<string, string> {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: this.far.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  }

  get spans(): ExportedSpan[] {
    return this.sent().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(read)));
  }

  /** What the senders say of themselves. */
  get senders(): Record<string, string>[] {
    return this.sent().map(({ resource }) => asRecord(resource.attributes));
  }

  /** All that came, as one text. */
  get text(): string {
    return this.far.requests.map(requestText).join('\n');
  }

  close(): Promise<void> {
    return this.far.close();
  }

  private sent(): Sent['resourceSpans'] {
    return this.far.requests.flatMap(({ body }) => (JSON.parse(body.toString()) as Sent).resourceSpans);
  }
}
