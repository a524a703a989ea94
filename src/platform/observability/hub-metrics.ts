import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type MetricConfiguration } from 'prom-client';

/** What a figure is called, what it says, and by what it is told apart. No label may hold a name that a caller chooses. */
export interface Figure<Label extends string> {
  readonly name: `hubfall_${string}`;
  readonly help: string;
  readonly labels: readonly Label[];
}

/** A figure's value under its labels. */
export interface Reading<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

/** Tells how a figure stands now. */
export type Read<Label extends string> = () => readonly Reading<Label>[] | Promise<readonly Reading<Label>[]>;

/** A millisecond to a minute: both ends of what a hub answers in. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * The figures of this process, for Prometheus. Whatever happens often is counted as it happens; what somebody knows anyway (how many
 * bindings there are, how a breaker stands) is asked only when somebody looks.
 */
@Injectable()
export class HubMetrics {
  private readonly registry = new Registry();
  private watchesNode = false;

  histogram<Label extends string>(figure: Figure<Label>, buckets = SECONDS): Histogram<Label> {
    return new Histogram({ ...this.described(figure), buckets });
  }

  counter<Label extends string>(figure: Figure<Label>): Counter<Label> {
    return new Counter(this.described(figure));
  }

  /** A figure that goes up and down, and is read when somebody looks. */
  gauge<Label extends string>(figure: Figure<Label>, read: Read<Label>): void {
    new Gauge({
      ...this.described(figure),
      async collect() {
        const readings = await read();
        this.reset();
        for (const { labels, value } of readings) this.set(labels, value);
      },
    });
  }

  /** A figure that only goes up, and that its owner counts. */
  total<Label extends string>(figure: Figure<Label>, read: Read<Label>): void {
    new Counter({
      ...this.described(figure),
      async collect() {
        const readings = await read();
        this.reset();
        for (const { labels, value } of readings) this.inc(labels, value);
      },
    });
  }

  /** Everything in Prometheus' text format. Node's own figures are watched from the first look on: their watching has a price. */
  text(): Promise<string> {
    if (!this.watchesNode) collectDefaultMetrics({ register: this.registry });
    this.watchesNode = true;
    return this.registry.metrics();
  }

  private described<Label extends string>({ name, help, labels }: Figure<Label>): MetricConfiguration<Label> {
    return { name, help, labelNames: labels, registers: [this.registry] };
  }
}
