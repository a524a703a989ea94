import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type MetricConfiguration } from 'prom-client';

/** Describes a metric. Labels must not have values that clients choose, because each value is a time series. */
export interface MetricDescription<Label extends string> {
  readonly name: `hubfall_${string}`;
  readonly help: string;
  readonly labels: readonly Label[];
}

/** A value with its labels. */
export interface Sample<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

/** Reads the current values of a metric. */
export type Collect<Label extends string> = () => readonly Sample<Label>[] | Promise<readonly Sample<Label>[]>;

/** Histogram buckets in seconds, for durations from a millisecond to a minute. */
export const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Prometheus metrics of this process. Frequent events are counted when they happen. State that exists anyway, such as the number of
 * bindings, is read when metrics are scraped.
 */
@Injectable()
export class HubMetrics {
  private readonly registry = new Registry();
  private hasDefaultMetrics = false;

  histogram<Label extends string>(metric: MetricDescription<Label>, buckets = DURATION_BUCKETS): Histogram<Label> {
    return new Histogram({ ...this.described(metric), buckets });
  }

  counter<Label extends string>(metric: MetricDescription<Label>): Counter<Label> {
    return new Counter(this.described(metric));
  }

  /** A value that goes up and down, read at each scrape. */
  gauge<Label extends string>(metric: MetricDescription<Label>, collect: Collect<Label>): void {
    new Gauge({
      ...this.described(metric),
      async collect() {
        const samples = await collect();
        this.reset();
        for (const { labels, value } of samples) this.set(labels, value);
      },
    });
  }

  /** A counter that is kept elsewhere and read at each scrape. */
  total<Label extends string>(metric: MetricDescription<Label>, collect: Collect<Label>): void {
    new Counter({
      ...this.described(metric),
      async collect() {
        const samples = await collect();
        this.reset();
        for (const { labels, value } of samples) this.inc(labels, value);
      },
    });
  }

  /** All metrics in the Prometheus text format. Metrics of Node.js are collected from the first scrape on, because they have a cost. */
  text(): Promise<string> {
    if (!this.hasDefaultMetrics) collectDefaultMetrics({ register: this.registry });
    this.hasDefaultMetrics = true;
    return this.registry.metrics();
  }

  private described<Label extends string>({
    name,
    help,
    labels,
  }: MetricDescription<Label>): MetricConfiguration<Label> {
    return { name, help, labelNames: labels, registers: [this.registry] };
  }
}
